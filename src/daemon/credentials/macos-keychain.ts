import { runChild } from '#base/child.ts'
import { err, ok, type Result } from '#base/result.ts'
import { secretFrom } from '#base/secret.ts'
import { type Keep, type KeepError, keepOutputBytesMax, keepTimeoutMs } from './keep.ts'

const itemMissing = 44

/**
 * The macOS keychain through `security`. The secret goes in by `security -i`, which reads commands from its standard
 * input, so that it is in no argument list.
 */
export function macosKeychain(instance: string, env: Readonly<Record<string, string | undefined>>): Keep {
  const run = async (words: readonly string[], input?: string) => {
    const answer = await runChild(['/usr/bin/security', ...words], {
      ...(input === undefined ? {} : { input }),
      env,
      timeoutMs: keepTimeoutMs,
      outputBytesMax: keepOutputBytesMax,
    })
    if (answer.ok) return answer
    if (answer.error.code === 'not_found') return refuse('keep_missing', 'there is no /usr/bin/security here')
    return refuse('keep_failed', 'the keychain did not answer')
  }
  const item = (key: string) => ['-s', instance, '-a', key]
  return {
    kind: 'keychain',
    title: "the system's keychain",
    isThere: async () => {
      const asked = await run(['list-keychains'])
      return asked.ok ? ok(undefined) : asked
    },
    get: async key => {
      const asked = await run(['find-generic-password', ...item(key), '-w'])
      if (!asked.ok) return asked
      if (asked.value.exit === itemMissing) return ok(undefined)
      if (asked.value.exit !== 0) return refuse('keep_locked', 'the keychain is locked, or did not let Postern in')
      return ok(secretFrom(new TextDecoder().decode(asked.value.stdout)))
    },
    set: async (key, secret) => {
      const words = ['add-generic-password', '-U', ...item(key), '-l', `Postern: ${key}`, '-w', secret.reveal()]
      const stored = await run(['-i'], `${words.map(quoted).join(' ')}\n`)
      if (!stored.ok) return stored
      // The interactive mode ends with 0 whatever became of its commands: only reading tells.
      const kept = await run(['find-generic-password', ...item(key), '-w'])
      const isKept = kept.ok && kept.value.exit === 0
      return isKept ? ok(undefined) : refuse('keep_failed', 'the keychain did not keep the password')
    },
    forget: async key => {
      const cleared = await run(['delete-generic-password', ...item(key)])
      if (!cleared.ok) return cleared
      const isGone = cleared.value.exit === 0 || cleared.value.exit === itemMissing
      return isGone ? ok(undefined) : refuse('keep_failed', 'the keychain did not forget the password')
    },
  }
}

/** As `security -i` reads words: in double quotes, with a backslash before quotes and backslashes. */
function quoted(word: string): string {
  return `"${word.replace(/["\\]/g, '\\$&')}"`
}

function refuse(code: KeepError['code'], message: string): Result<never, KeepError> {
  return err({ code, message })
}
