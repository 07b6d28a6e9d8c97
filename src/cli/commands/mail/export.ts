import { randomBytes } from 'node:crypto'
import { Failure } from '#base/failure.ts'
import { buildContext, type Letter } from '#mail/export/index.ts'
import { formatMessageId, type MailReader, type MessageId } from '#mail/store/reading.ts'
import type { Invocation, Run } from '../../command.ts'
import type { Output, Session } from '../../session.ts'
import { type ExportFormat, exportFormats } from './export-spec.ts'
import { type AttachmentChoice, type Kept, openTarget, type Target } from './export-target.ts'
import { storeFailure, withReader } from './open-store.ts'
import { numberOption } from './search-options.ts'
import { selectMessages } from './selection.ts'

const tokensDefault = 8_000
const tokensMin = 500
const tokensMax = 10_000_000
const nonceBytes = 10

export const run: Run = (invocation, session) =>
  withReader(session, reader => {
    const asked = readRequest(invocation, session)
    const ids = selectMessages(reader, invocation, session)
    if (ids.length === 0) {
      throw new Failure('not_found', 'nothing_selected', 'there is nothing to export', { next: 'postern search QUERY' })
    }
    const missing: Missing[] = []
    const letters = lettersOf(reader, asked.format === 'context' ? ids.toReversed() : ids, missing)
    if (asked.format === 'context') exportContext(letters, asked, ids.length, session)
    else exportAll(letters, asked, ids, session)
    return tellMissing(missing, session.output)
  })

interface Request {
  readonly format: ExportFormat
  readonly output: string | undefined
  readonly attachments: AttachmentChoice
  readonly maxTokens: number
  readonly timeZone: string
}

function readRequest({ options }: Invocation, { output }: Session): Request {
  const format = exportFormats.find(each => each === options.value('format')) ?? 'eml'
  const how = options.value('attachments')
  const attachments = how === 'files' || how === 'inline' ? how : 'none'
  const maxTokens = numberOption(options, 'max-tokens', tokensDefault, tokensMax)
  if (maxTokens < tokensMin) throw usage(`--max-tokens must be ${tokensMin} at least: the frame alone takes some 200`)
  if (options.value('max-tokens') !== undefined && format !== 'context')
    throw usage('--max-tokens is for --format context')
  if (how !== undefined && format !== 'markdown' && format !== 'jsonl') {
    throw usage(
      `--attachments is for markdown and jsonl; ${format} ${format === 'context' ? 'names them only' : 'holds them anyway'}`,
    )
  }
  if (attachments === 'inline' && format === 'markdown') throw usage('markdown has no place for attachments inline')
  if (output.json && format !== 'jsonl' && options.value('output') === undefined) {
    throw usage('--json answers with a report on standard output: say with --output where the messages go')
  }
  const timeZone = Temporal.Now.timeZoneId()
  return { format, output: options.value('output'), attachments, maxTokens, timeZone }
}

function usage(message: string): Failure {
  return new Failure('usage', 'export_invalid', message, { next: 'postern help export' })
}

interface Missing {
  readonly id: string
  readonly failure: Failure
}

const messagesPerPage = 200

/** One message at a time: what is under way does not grow with what was asked for. */
function* lettersOf(reader: MailReader, ids: readonly MessageId[], missing: Missing[]): Generator<Letter> {
  for (let start = 0; start < ids.length; start += messagesPerPage) {
    const page = ids.slice(start, start + messagesPerPage)
    const listed = new Map(reader.list(page).map(each => [each.id, each]))
    for (const id of page) {
      const known = listed.get(formatMessageId(id))
      if (known === undefined) continue // removed since it was selected
      const raw = reader.raw(id)
      if (raw.ok) yield { listed: known, raw: raw.value }
      else missing.push({ id: known.id, failure: storeFailure(raw.error) })
    }
  }
}

function exportAll(letters: Iterable<Letter>, asked: Request, ids: readonly MessageId[], session: Session): void {
  const { output, clock } = session
  const began = clock.monotonicMs()
  const target = openTarget(asked, ids.length, session)
  const kept: Record<Kept, number> = { written: 0, there: 0 }
  let last: string | undefined
  try {
    for (const letter of letters) {
      kept[target.add(letter)]++
      last = letter.listed.id
      if (clock.monotonicMs() - began > 1000) output.progress(`${kept.written + kept.there} of ${ids.length}`)
    }
  } catch (thrown) {
    if (last !== undefined) output.complain(`exported up to ${last}: go on with --since-id ${last}`)
    throw thrown
  } finally {
    target.close()
    output.progress('')
  }
  report({ target, kept, last }, asked, output)
}

interface Done {
  readonly target: Target
  readonly kept: Readonly<Record<Kept, number>>
  readonly last: string | undefined
}

function report({ target, kept, last }: Done, { format, output: path }: Request, output: Output): void {
  if (output.json && path !== undefined) {
    output.data({
      format,
      output: target.place,
      exported: kept.written,
      already_there: kept.there,
      last_id: last ?? null,
    })
    return
  }
  const there = kept.there === 0 ? '' : `, ${kept.there} were there already`
  output.talk(`${kept.written} messages exported${there}; later ones: --since-id ${last ?? ''}`)
}

function exportContext(newestFirst: Iterable<Letter>, asked: Request, selected: number, session: Session): void {
  const { output } = session
  const { maxTokens, timeZone } = asked
  const nonce = randomBytes(nonceBytes).toString('hex')
  const target = openTarget(asked, 1, session)
  try {
    const built = buildContext(newestFirst, { maxTokens, timeZone, nonce, asked: selected })
    target.text(built.text)
    const { included, shortened, tokens } = built
    if (output.json) {
      output.data({
        format: 'context',
        output: target.place,
        asked: selected,
        included,
        shortened,
        tokens_at_most: tokens,
      })
      return
    }
    const left = selected - included
    const more = left === 0 ? '' : `; ${left} older ones do not fit into ${maxTokens} tokens`
    output.talk(
      `${included} of ${selected} messages${shortened > 0 ? ', one of them shortened' : ''}, ${tokens} tokens at most${more}`,
    )
  } finally {
    target.close()
  }
}

/** Messages that could not be given are named, and end the command with what is wrong with the worst of them. */
function tellMissing(missing: readonly Missing[], output: Output): 'done' | 'failed' | 'integrity' {
  if (missing.length === 0) return 'done'
  for (const { id, failure } of missing) output.complain(`${id}: ${failure.message}`)
  output.complain(`${missing.length} messages could not be exported`)
  return missing.some(({ failure }) => failure.exit === 'integrity') ? 'integrity' : 'failed'
}
