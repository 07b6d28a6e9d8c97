import { Failure } from '#base/failure.ts'
import { printable } from '#base/printable.ts'
import { revokedIn } from '#librarian/sources.ts'
import type { MemoryRecord, SymbolId } from '#memory/canonical/record.ts'
import { errorPath } from '#memory/compile/compile-error.ts'
import { describeQueryError, FLAGS, type Framing, type QueryResult } from '#memory/read/query.ts'
import { renderMemory, type SymbolLookup } from '#memory/read/render.ts'
import type { Run } from '../../command.ts'
import type { Output } from '../../session.ts'
import { textFrom } from './input.ts'
import { withReader } from './open-log.ts'
import { integer, recordJson } from './wire.ts'

export const run: Run = ({ positionals: [word], options }, session) =>
  withReader(options, session, reader => {
    const asked = reader.query(textFrom(word, session))
    if (!asked.ok) {
      throw new Failure('usage', 'query_refused', describeQueryError(asked.error), {
        next: 'postern help memory query',
        data: { err: errorPath(asked.error) },
      })
    }
    const table = reader.pipeline.state.symbols
    const symbols: SymbolLookup = id => {
      const [name, kind] = [table.nameOf(id), table.kindOf(id)]
      return name === undefined || kind === undefined ? undefined : { name, kind }
    }
    const { result, leftOut } = options.flag('revoked')
      ? { result: asked.value, leftOut: 0 }
      : withoutRevoked(asked.value, revokedIn(reader.pipeline))
    if (session.output.json) session.output.data({ ...resultJson(result, symbols), revoked_left_out: leftOut })
    else showResult(result, symbols, session.output)
    if (leftOut > 0) session.output.talk(`note: ${leftOut} revoked; --revoked shows what was taken back`)
    return 'done'
  })

function withoutRevoked(result: QueryResult, isRevoked: (record: MemoryRecord) => boolean) {
  const kept = result.records.map(record => !isRevoked(record))
  const leftOut = kept.filter(each => !each).length
  if (leftOut === 0) return { result, leftOut }
  const records = result.records.filter((_, at) => kept[at])
  return { result: { ...result, records, framings: result.framings.filter((_, at) => kept[at]) }, leftOut }
}

function showResult(result: QueryResult, symbols: SymbolLookup, output: Output): void {
  for (const [index, record] of result.records.entries()) {
    const framing = result.framings[index]
    const line =
      framing === undefined ? formOf(record, symbols) : `${formOf(record, symbols)}  ; ${framingWords(framing)}`
    output.write(`${output.isTerminal ? printable(line) : line}\n`)
  }
  for (const { record, reason } of result.filtered) {
    output.talk(`left out (${reason}): ${printable(formOf(record, symbols))}`)
  }
  const notes = flagNames(result.flags).filter(name => name !== 'explain_filtered_active')
  if (notes.length > 0) output.talk(`note: ${notes.join(', ')}`)
  if (result.records.length === 0) output.talk('nothing is known')
}

function resultJson(result: QueryResult, symbols: SymbolLookup): Record<string, unknown> {
  const nameOf = (id: SymbolId) => symbols(id)?.name
  const record = (each: MemoryRecord) => ({ ...recordJson(each, nameOf), form: formOf(each, symbols) })
  return {
    schema_version: 1,
    records: result.records.map(record),
    framings: result.framings.map(framingWords),
    filtered: result.filtered.map(({ record: each, reason }) => ({ ...record(each), reason })),
    flags: result.flags,
    flag_names: flagNames(result.flags),
    as_of: integer(result.asOf),
    as_committed: integer(result.asCommitted),
    query_committed_at: integer(result.queryCommittedAt),
  }
}

/** The form of a record, or why there is none: an answer is not lost because a log of another program has odd names. */
function formOf(record: MemoryRecord, symbols: SymbolLookup): string {
  const rendered = renderMemory(record, symbols)
  return rendered.ok ? rendered.value : `; ${rendered.error.code} #${rendered.error.symbol} in ${rendered.error.slot}`
}

function framingWords(framing: Framing): string {
  return framing.type === 'authoritative' ? `authoritative (${framing.setBy})` : framing.type
}

function flagNames(flags: number): string[] {
  return Object.entries(FLAGS).flatMap(([name, bit]) => ((flags & bit) === 0 ? [] : [name]))
}
