import { drawNonce } from './boundary.ts'
import { type CapsuleSource, capsulePair } from './capsule.ts'
import { agentEnvironment } from './environment.ts'
import { guideText } from './guide.ts'
import { type OpenSession, writeSessionFile } from './session.ts'

export interface Prepared {
  readonly env: Readonly<Record<string, string>>
  /** What `{guide}`, `{capsule}` and `{session}` stand for in a configured command. */
  readonly placeholders: Readonly<Record<string, string>>
}

/** Lays guide and capsule into the session's directory, and makes the environment that leads to them. */
export function prepare(
  { record, directory }: OpenSession,
  remembered: CapsuleSource,
  {
    chars,
    words,
    env,
    random,
  }: {
    readonly chars: number
    readonly words: string
    readonly env: Readonly<Record<string, string | undefined>>
    readonly random: (bytes: number) => Uint8Array
  },
): Prepared {
  const { agent, id } = record
  const texts = capsulePair(remembered, { nonce: drawNonce(random), chars })
  const guide = writeSessionFile(directory, 'guide.md', guideText({ agent, id, words }))
  const capsule = writeSessionFile(directory, 'capsule.md', texts.text)
  const json = writeSessionFile(directory, 'capsule.json', texts.json)
  return {
    env: agentEnvironment(env, { agent, id, directory, guide, capsule, capsuleJson: json }),
    placeholders: { guide, capsule, session: directory },
  }
}
