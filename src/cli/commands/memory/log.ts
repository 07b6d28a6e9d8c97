import { printableLine } from '#base/printable.ts'
import type { LogRecord, SymbolId } from '#memory/canonical/record.ts'
import { civilTime } from '#memory/read/civil.ts'
import { SymbolList } from '#memory/read/symbol-list.ts'
import type { Run } from '../../command.ts'
import { entriesOf, openCommitted } from './committed.ts'
import { integer, recordJson } from './wire.ts'

/** Records with their offsets. For people without values: who looks over a shoulder sees what happened, not what. */
export const run: Run = async ({ options }, session) => {
  const { output } = session
  const symbols = new SymbolList() // names as they are at each record
  const nameOf = (id: SymbolId) => symbols.get(id)?.name
  const log = openCommitted(options, session)
  for (const { offset, record } of entriesOf(log)) {
    symbols.apply(record)
    if (output.json) output.data({ offset: integer(offset), ...recordJson(record, nameOf) })
    else output.write(`${String(offset).padStart(9)}  ${lineOf(record, nameOf)}\n`)
  }
  if (log.fault !== undefined) throw log.fault // after what can be read: who looks here wants to see where it ends
  return 'done'
}

function lineOf(record: LogRecord, nameOf: (id: SymbolId) => string | undefined): string {
  const symbol = (id: SymbolId) => `#${id} ${nameOf(id) ?? '(unknown)'}`
  const line = (...words: readonly string[]) =>
    [record.type.padEnd(19), ...words.map(printableLine)].join('  ').trimEnd()
  switch (record.type) {
    case 'sem':
      return line(symbol(record.memory), symbol(record.subject), symbol(record.predicate), civilTime(record.validAt))
    case 'inf':
      return line(symbol(record.memory), symbol(record.subject), symbol(record.predicate), civilTime(record.validAt))
    case 'epi':
      return line(symbol(record.memory), symbol(record.event), symbol(record.eventType), civilTime(record.at))
    case 'pro':
      return line(symbol(record.memory), symbol(record.rule))
    case 'supersedes':
    case 'corrects':
    case 'stale_parent':
    case 'reconfirms':
      return line(symbol(record.from), '→', symbol(record.to))
    case 'checkpoint':
      return line(symbol(record.episode), civilTime(record.at), count(record.memoryCount))
    case 'episode_meta':
      return line(symbol(record.episode), record.label === undefined ? '' : JSON.stringify(record.label))
    case 'symbol_alloc':
    case 'symbol_rename':
    case 'symbol_alias':
    case 'symbol_retire':
    case 'symbol_unretire':
      return line(`#${record.symbol} ${record.name}`, record.kind)
    case 'pin':
    case 'unpin':
    case 'authoritative_set':
    case 'authoritative_clear':
      return line(symbol(record.memory), symbol(record.actor))
  }
}

function count(memories: number | bigint): string {
  return `${memories} ${memories === 1 ? 'memory' : 'memories'}`
}
