import { instant } from '#base/instant.ts'
import { err, ok, type Result } from '#base/result.ts'
import { lookupOf } from '#librarian/processors/bounded.ts'
import { isConfirmed, type Source } from '#librarian/sources.ts'
import { describeQueryError, FLAGS } from '#memory/read/query.ts'
import { renderMemory } from '#memory/read/render.ts'
import { sealKeysOf } from '#memory/seal-key.ts'
import { storeErrorText } from '#memory/store-error.ts'
import { findings, isSound, verifyLog } from '#memory/verify.ts'
import { type RequestError, requestError } from '../protocol/errors.ts'
import type { ResultOf } from '../requests/index.ts'
import type { OpenMemory } from './open-memory.ts'

/** What one answer holds at most, so that it fits a frame whatever the records are. */
const answerCharactersMax = 400_000

type Queried = ResultOf<'memory.query'>

/** Records in the log's order; those whose source was taken back are counted, not shown. */
export function query(memory: OpenMemory, text: string): Result<Queried, RequestError> {
  const asked = memory.reader.query(text)
  if (!asked.ok) return err(requestError('params_invalid', describeQueryError(asked.error)))
  const { records, filtered, flags, asOf, asCommitted, queryCommittedAt } = asked.value
  const symbols = lookupOf(memory.reader.pipeline)
  const sources = memory.sources()
  const items: Queried['items'][number][] = []
  let left = answerCharactersMax
  let [revoked, truncated] = [0, 0]
  for (const record of records) {
    const source = sources.ofRecord(record)
    if (source?.revoked !== undefined) {
      revoked++
      continue
    }
    const form = renderMemory(record, symbols)
    const text = form.ok ? form.value : `; ${form.error.code}`
    left -= text.length
    if (left < 0) truncated++
    else {
      const confirmed = isConfirmed(record, source, symbols)
      items.push({ id: symbols(record.memory)?.name ?? '', form: text, confirmed, source: sourceOf(source) })
    }
  }
  return ok({
    items,
    revoked,
    truncated,
    filtered: filtered.length,
    flags: Object.entries(FLAGS).flatMap(([name, bit]) => ((flags & bit) === 0 ? [] : [name])),
    as_of: instant(Number(asOf)),
    as_committed: instant(Number(asCommitted)),
    query_committed_at: instant(Number(queryCommittedAt)),
  })
}

/** Undefined for a name that is no memory, and for one whose source was taken back. */
export function recordNamed(memory: OpenMemory, name: string): ResultOf<'memory.record'> | undefined {
  const { state } = memory.reader.pipeline
  const symbol = state.symbols.idOf(name)
  const row = symbol === undefined ? -1 : state.memories.rowOf.get(symbol)
  if (row < 0) return undefined
  const record = state.memories.record(row)
  const symbols = lookupOf(memory.reader.pipeline)
  const source = memory.sources().ofRecord(record)
  if (source?.revoked !== undefined) return undefined
  const form = renderMemory(record, symbols)
  return {
    id: name,
    form: form.ok ? form.value : `; ${form.error.code}`,
    confirmed: isConfirmed(record, source, symbols),
    source: sourceOf(source),
  }
}

export function verify(log: string): Result<ResultOf<'memory.verify'>, RequestError> {
  const verified = verifyLog(log, { keys: sealKeysOf(log) })
  if (!verified.ok) return err(requestError('io_failed', storeErrorText(verified.error)))
  const found = verified.value
  return ok({
    sound: isSound(found),
    findings: [...findings(found)],
    records: found.records,
    checkpoints: found.checkpoints,
    memories: found.memories,
    symbol_events: found.symbolEvents,
    dangling_symbols: found.danglingSymbols,
    tail: found.tail.type,
    seal: found.seal.state,
  })
}

/** Newest first: what was committed lately is what is asked for. */
export function episodes(
  { reader: { pipeline } }: OpenMemory,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): ResultOf<'memory.episodes'> {
  const { episodes: all } = pipeline.state
  const symbols = lookupOf(pipeline)
  const items: ResultOf<'memory.episodes'>['items'][number][] = []
  for (let at = all.size - 1 - offset; at >= 0 && items.length < limit; at--) {
    const [id, committed] = [all.idAt(at), all.clockAt(at)]
    if (id === undefined || committed === undefined) continue
    items.push({ id: symbols(id)?.name ?? '', committed_at: instant(Number(committed)) })
  }
  const next = offset + items.length
  return { items, total: all.size, next_offset: next < all.size ? next : null }
}

export function status(workspace: string, { reader, queue }: OpenMemory): ResultOf<'memory.status'> {
  const { state } = reader.pipeline
  return {
    workspace,
    memories: state.memories.length,
    episodes: state.episodes.size,
    symbols: state.symbols.size,
    last_commit: state.watermark === undefined ? null : instant(Number(state.watermark)),
    seal: reader.sealState,
    drafts: { pending: queue.ids('pending').length, conflict: queue.ids('conflict').length },
  }
}

export function sourceOf(source: Source | undefined): Queried['items'][number]['source'] {
  if (source === undefined) return null
  const fact = (name: string) => source.facts.get(name) ?? null
  return {
    draft: source.draft,
    surface: fact('source_surface'),
    uri: fact('provenance_uri'),
    message: fact('mail_message'),
    from: fact('mail_from'),
    authentication: fact('mail_authentication'),
    accepted_by: fact('accepted_by'),
  }
}
