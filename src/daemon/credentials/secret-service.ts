import { runChild } from '#base/child.ts'
import { err, ok, type Result } from '#base/result.ts'
import { secretFrom } from '#base/secret.ts'
import { type Keep, type KeepError, type KeepRun, keepOutputBytesMax, keepTimeoutMs } from './keep.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * The Secret Service (GNOME Keyring, KWallet, KeePassXC) through `secret-tool`, which takes the secret on its standard
 * input. Arguments hold only the names under which it is filed.
 */
export function secretService(instance: string, env: Env): Keep {
  const attributes = (key: string) => ['service', instance, 'account', key]
  const run = async (words: readonly string[], input?: string): Promise<Result<SecretToolAnswer, KeepError>> =>
    secretTool({ words: ['secret-tool', ...words], ...(input === undefined ? {} : { input }) }, env)
  return {
    kind: 'keychain',
    title: "the system's keychain",
    isThere: async () => {
      const asked = await run(['lookup', ...attributes('is-there')])
      return asked.ok ? ok(undefined) : asked
    },
    get: async key => {
      const asked = await run(['lookup', ...attributes(key)])
      return asked.ok ? ok(asked.value.stdout === '' ? undefined : secretFrom(asked.value.stdout)) : asked
    },
    set: async (key, secret) => {
      const stored = await run(['store', `--label=Postern: ${key}`, ...attributes(key)], secret.reveal())
      if (!stored.ok) return stored
      return stored.value.exit === 0 ? ok(undefined) : err(failed('did not keep the password'))
    },
    forget: async key => {
      const cleared = await run(['clear', ...attributes(key)])
      return cleared.ok ? ok(undefined) : cleared
    },
  }
}

interface SecretToolAnswer {
  readonly exit: number
  readonly stdout: string
}

/** Exit 1 without a word means "nothing filed under this name"; with a word, that the service was not reached. */
async function secretTool({ words, input }: KeepRun, env: Env): Promise<Result<SecretToolAnswer, KeepError>> {
  const answer = await runChild(words, {
    ...(input === undefined ? {} : { input }),
    env,
    timeoutMs: keepTimeoutMs,
    outputBytesMax: keepOutputBytesMax,
  })
  if (!answer.ok) {
    if (answer.error.code === 'not_found') return err({ code: 'keep_missing', message: 'there is no secret-tool here' })
    return err(failed(answer.error.code === 'timed_out' ? 'did not answer: it may wait to be unlocked' : 'failed'))
  }
  const { exit, stdout, stderr } = answer.value
  if (exit === 0) return ok({ exit, stdout: new TextDecoder().decode(stdout) })
  if (/autolaunch|DBus|D-Bus|org\.freedesktop\.secrets|ServiceUnknown|Could not connect/i.test(stderr)) {
    return err({ code: 'keep_missing', message: 'no keychain service can be reached (no D-Bus session)' })
  }
  if (/locked|dismissed|prompt/i.test(stderr)) {
    return err({ code: 'keep_locked', message: 'the keychain is locked: unlock it, then try again' })
  }
  return stderr === '' ? ok({ exit, stdout: '' }) : err(failed('failed'))
}

function failed(what: string): KeepError {
  return { code: 'keep_failed', message: `the keychain (secret-tool) ${what}` }
}
