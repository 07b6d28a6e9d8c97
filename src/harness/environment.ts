/** The variables of a session, all of them paths and names: never a secret, never content. */
export interface SessionVariables {
  readonly agent: string
  readonly id: string
  readonly directory: string
  readonly guide: string
  readonly capsule: string
  readonly capsuleJson: string
}

export const sessionVariable = 'POSTERN_SESSION_DIR'

/** Says where Postern's own places are, whatever the session is: kept, so that its commands find the same ones. */
const places = /^POSTERN_(?:CONFIG|DATA|LOG|RUNTIME)_DIR$/

/**
 * The environment of an agent: the person's, without any variable of ours that an outer session or a token left in it,
 * and with those of this session as a whole. `POSTERN_AGENT` is also what keeps a command that it runs from passing
 * for the person's.
 */
export function agentEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  { agent, id, directory, guide, capsule, capsuleJson }: SessionVariables,
): Readonly<Record<string, string>> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (!/^POSTERN_/i.test(entry[0]) || places.test(entry[0])),
  )
  return {
    ...Object.fromEntries(kept),
    POSTERN_AGENT: agent,
    POSTERN_SESSION_ID: id,
    [sessionVariable]: directory,
    POSTERN_GUIDE: guide,
    POSTERN_CAPSULE: capsule,
    POSTERN_CAPSULE_JSON: capsuleJson,
  }
}
