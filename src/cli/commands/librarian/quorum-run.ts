import { readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { type Exit, Failure } from '#base/failure.ts'
import { printable } from '#base/printable.ts'
import type { Model } from '#librarian/models/model.ts'
import { modelOf } from '#librarian/processors/processor-of.ts'
import { runQuorum } from '#librarian/quorum/run.ts'
import type { QuorumResult } from '#librarian/quorum/schemas.ts'
import { type QuorumError, type QuorumErrorCode, type QuorumSpec, readSpec } from '#librarian/quorum/spec.ts'
import type { Run } from '../../command.ts'
import type { Session } from '../../session.ts'
import { logPathOf } from '../memory/open-log.ts'
import { chosenProcessor, untilStopped, worldOf } from './processor.ts'
import { openQueue } from './queue.ts'

export const run: Run = async ({ positionals: [file = ''], options }, session) => {
  const spec = readSpec(bytesOf(resolve(session.workingDirectory, file)))
  if (!spec.ok) throw quorumFailure(spec.error, file)
  const queue = openQueue(options, session, true)
  return untilStopped<'done'>(async signal => {
    const ran = await runQuorum({
      spec: spec.value,
      root: quorumDirectoryOf(logPathOf(options, session)),
      queue,
      models: await modelsOf(spec.value, session, signal),
      nonce: worldOf(session).nonce,
      now: session.clock.now(),
      resume: options.flag('resume'),
      signal,
      onProgress: what => session.output.progress(`quorum: ${what}`),
    })
    session.output.progress('')
    if (!ran.ok) throw quorumFailure(ran.error, file)
    tellResult(ran.value, session)
    if (ran.value.drafts.length > 0) session.output.talk('next: postern librarian run')
    return 'done'
  })
}

/** Episodes lie beside the log of their memory, as its drafts do. */
export function quorumDirectoryOf(log: string): string {
  const name = basename(log)
  return join(dirname(log), name === 'canonical.log' ? 'quorum' : `${name}.quorum`)
}

/** Participants name processors of the person's settings: a file that comes from elsewhere can name no program. */
async function modelsOf(spec: QuorumSpec, session: Session, signal: AbortSignal): Promise<ReadonlyMap<string, Model>> {
  const models = new Map<string, Model>()
  for (const { id, processor } of spec.participants) {
    const settings = await chosenProcessor(processor, session)
    if (settings === undefined) {
      throw new Failure('usage', 'processor_no_model', `${id} is ${processor}, which is no model and has no opinion`, {
        next: 'postern config explain librarian.processors',
      })
    }
    models.set(processor, await modelOf(settings, worldOf(session, signal)))
  }
  return models
}

export function tellResult(result: QuorumResult, { output }: Session): void {
  if (output.json) {
    output.data(result)
    return
  }
  const lines = [
    `${result.decision}  ${result.level}  certainty ${result.confidence}  ${result.id}`,
    ...quoted(result.recommendation),
    ...result.votes.map(({ participant, vote, confidence }) => `${participant}: ${vote} (${confidence})`),
    ...result.dissent.flatMap(({ participant, text }) => [
      `dissent${participant === null ? '' : ` of ${participant}`}:`,
      ...quoted(text),
    ]),
    ...result.unresolved.flatMap(text => ['unresolved:', ...quoted(text)]),
    ...result.drafts.map(id => `draft ${id}`),
  ]
  output.write(`${lines.join('\n')}\n`)
  if (result.distinct_processors < result.participants.length) {
    output.complain(
      `${result.participants.length} participants are ${result.distinct_processors} of your processors: one that agrees with itself says little`,
    )
  }
}

function quoted(text: string): readonly string[] {
  return text.split('\n').map(line => `  | ${printable(line)}`)
}

const exits: Readonly<Record<QuorumErrorCode, Exit>> = {
  quorum_spec: 'usage',
  quorum_exists: 'refused',
  quorum_unknown: 'not_found',
  quorum_damaged: 'integrity',
  quorum_incomplete: 'try_later',
  quorum_stopped: 'try_later',
}

function quorumFailure({ code, message }: QuorumError, file: string): Failure {
  const goesOn = code === 'quorum_exists' || exits[code] === 'try_later'
  const next = goesOn ? `postern memory quorum run --resume ${file}` : 'postern memory quorum run --help'
  return new Failure(exits[code], code, message, {
    next: code === 'quorum_unknown' ? `postern memory quorum run ${file}` : next,
  })
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new Failure('not_found', 'file_missing', `cannot read ${path}`, { cause })
  }
}
