import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Failure } from '#base/failure.ts'
import { demoInstance } from '#base/paths.ts'
import { readPrivateFile } from '#base/private-file.ts'
import type { DaemonClient } from '#daemon/client/index.ts'
import { drawNonce } from '#harness/boundary.ts'
import { type CapsuleSource, capsuleJson, capsuleText } from '#harness/capsule.ts'
import { rememberedAt } from '#harness/remembered.ts'
import { demoWorkspace, findWorkspace } from '#memory/workspace.ts'
import { type Claim, onlyPerson } from '../../claim.ts'
import type { Options, Run } from '../../command.ts'
import type { Session } from '../../session.ts'
import { granted, withDaemon } from '../../with-daemon.ts'
import { openQueue } from '../librarian/queue.ts'
import { logPathOf } from '../memory/open-log.ts'
import { charsOption, textOption } from './plan.ts'
import { sessionOf } from './session-here.ts'

const queryCharsMax = 2_000
const fileBytesMax = 1024 ** 2
const answersMax = 50

export const run: Run = async ({ options }, session) => {
  const directory = sessionOf(session)
  if (options.flag('hook')) return hook(directory, session)
  const query = textOption(options, 'query', queryCharsMax)
  if (session.claim === undefined) return print(forPerson(query, options, session), options, session)
  // An agent has what its session was started with; what it asks beyond that goes through the gate, as over MCP.
  if (query !== undefined && (directory !== undefined || isLetIn(session.claim))) {
    return print(await throughGate(query, session), options, session)
  }
  if (directory === undefined) throw onlyPerson('postern context')
  session.output.write(fileIn(directory, session.output.json ? 'capsule.json' : 'capsule.md'))
  return 'done'
}

function isLetIn({ token, profile }: Claim): boolean {
  return token !== undefined || profile !== undefined
}

/** An agent calls this at the start of each of its sessions, in ours and outside. */
function hook(directory: string | undefined, { output }: Session): 'done' {
  if (directory !== undefined) output.write(`${fileIn(directory, 'guide.md')}\n${fileIn(directory, 'capsule.md')}`)
  return 'done'
}

function fileIn(directory: string, name: string): string {
  const text = readPrivateFile(join(directory, name), fileBytesMax)
  if (text !== undefined) return text
  throw new Failure('not_found', 'session_missing', `the session has no ${name} any more`, {
    next: 'end the agent, and start it again with postern run',
  })
}

function forPerson(query: string | undefined, options: Options, session: Session): CapsuleSource {
  const log = logPathOf(options, session)
  return rememberedAt(log, openQueue(options, session, false), { query, now: session.clock.now() })
}

function throughGate(query: string, session: Session): Promise<CapsuleSource> {
  const { paths, workingDirectory, claim } = session
  const found = paths.instance === demoInstance ? undefined : findWorkspace(workingDirectory)
  if (found !== undefined && !found.ok) throw onlyPerson('postern context outside of a repository')
  const workspace = found?.value.id ?? demoWorkspace
  // As postern mcp does: a token says what its agent may do; without one it is a profile, at most.
  const identity: Claim = { profile: 'assistant', origin: 'agent', ...claim }
  const asked = { ...session, claim: claim?.token === undefined ? identity : claim }
  return withDaemon(asked, async (client: DaemonClient) => {
    const params = { workspace, question: query, limit: answersMax }
    const { items } = granted(await client.request('memory.recall', params))
    return {
      items: items
        .filter(({ waiting }) => !waiting)
        .map(({ id, text, at, confirmed, source }) => ({
          id,
          text,
          at: at === null ? undefined : Date.parse(at),
          confirmed,
          source: source === null ? null : `${source.surface ?? ''} ${source.message ?? source.uri ?? ''}`.trim(),
        })),
      waiting: items.filter(({ waiting }) => waiting).length,
      warnings: [],
    }
  })
}

async function print(source: CapsuleSource, options: Options, session: Session): Promise<'done'> {
  const { harness } = await session.config()
  const form = { nonce: drawNonce(randomBytes), chars: charsOption(options, harness.capsule_chars) }
  session.output.write(session.output.json ? capsuleJson(source, form) : capsuleText(source, form))
  return 'done'
}
