import { runChild } from '#base/child.ts'
import { err, ok, type Result } from '#base/result.ts'
import { secretFrom } from '#base/secret.ts'
import { type Keep, type KeepError, keepOutputBytesMax, keepTimeoutMs } from './keep.ts'

const itemMissing = 44

/** The Credential Locker of Windows through Windows PowerShell, which reads its script, secret included, from stdin. */
export function windowsVault(instance: string, env: Readonly<Record<string, string | undefined>>): Keep {
  const run = async (script: string): Promise<Result<{ exit: number; text: string }, KeepError>> => {
    const words = ['powershell.exe', '-NoLogo', '-NoProfile', '-NonInteractive', '-Command', '-']
    const answer = await runChild(words, {
      input: `${prelude}${script}\n`,
      env,
      timeoutMs: keepTimeoutMs,
      outputBytesMax: keepOutputBytesMax,
    })
    if (answer.ok) return ok({ exit: answer.value.exit, text: new TextDecoder().decode(answer.value.stdout).trim() })
    if (answer.error.code === 'not_found') return refuse('keep_missing', 'there is no Windows PowerShell here')
    return refuse('keep_failed', 'the credential locker did not answer')
  }
  const find = (key: string) =>
    `try { $c = $v.Retrieve(${word(instance)}, ${word(key)}) } catch { exit ${itemMissing} }`
  return {
    kind: 'keychain',
    title: "the system's credential locker",
    isThere: async () => {
      const asked = await run('exit 0')
      if (!asked.ok) return asked
      return asked.value.exit === 0 ? ok(undefined) : refuse('keep_missing', 'there is no credential locker here')
    },
    get: async key => {
      const show = '$c.RetrievePassword(); [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($c.Password))'
      const asked = await run(`${find(key)}\n${show}`)
      if (!asked.ok) return asked
      if (asked.value.exit === itemMissing) return ok(undefined)
      return ok(secretFrom(Buffer.from(asked.value.text, 'base64').toString('utf8')))
    },
    set: async (key, secret) => {
      const made = `New-Object Windows.Security.Credentials.PasswordCredential(${word(instance)}, ${word(key)}, ${word(secret.reveal())})`
      const stored = await run(`$v.Add((${made}))`)
      if (!stored.ok) return stored
      return stored.value.exit === 0 ? ok(undefined) : refuse('keep_failed', 'the locker did not keep the password')
    },
    forget: async key => {
      const cleared = await run(`${find(key)}\n$v.Remove($c)`)
      return cleared.ok ? ok(undefined) : cleared
    },
  }
}

const prelude = `$ErrorActionPreference = 'Stop'
[void][Windows.Security.Credentials.PasswordVault, Windows.Security.Credentials, ContentType = WindowsRuntime]
$v = New-Object Windows.Security.Credentials.PasswordVault
`

/** A text as an expression in which nothing of it can be read as script. */
function word(text: string): string {
  const base64 = Buffer.from(text, 'utf8').toString('base64')
  return `([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('${base64}')))`
}

function refuse(code: KeepError['code'], message: string): Result<never, KeepError> {
  return err({ code, message })
}
