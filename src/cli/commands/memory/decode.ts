import { type Exit, Failure } from '#base/failure.ts'
import { printable } from '#base/printable.ts'
import type { LogRecord } from '#memory/canonical/record.ts'
import { type HistoryBatch, history, historyText } from '#memory/read/history.ts'
import { type RenderError, renderMemory } from '#memory/read/render.ts'
import { SymbolList } from '#memory/read/symbol-list.ts'
import type { Run } from '../../command.ts'
import type { Output } from '../../session.ts'
import { recordsOf } from './committed.ts'
import { integer, recordJson } from './wire.ts'

export const run: Run = async ({ options }, session) => {
  const records = recordsOf(options, session)
  return options.flag('memories') ? showMemories([...records], session.output) : showHistory(records, session.output)
}

function showHistory(records: Iterable<LogRecord>, output: Output): Exit {
  const lost: RenderError[] = []
  const batches = noting(history(records), lost)
  if (output.json) for (const batch of batches) output.data(batchJson(batch))
  else for (const piece of historyText(batches)) output.write(forReader(piece, output))
  return ending(lost)
}

/** One line for each memory, with the names of today. */
function showMemories(records: readonly LogRecord[], output: Output): Exit {
  const symbols = SymbolList.of(records)
  const lost: RenderError[] = []
  for (const record of records) {
    if (record.type !== 'sem' && record.type !== 'epi' && record.type !== 'pro' && record.type !== 'inf') continue
    const rendered = renderMemory(record, id => symbols.get(id))
    if (!rendered.ok) lost.push(rendered.error)
    if (output.json) {
      output.data({ ...recordJson(record, id => symbols.get(id)?.name), form: rendered.ok ? rendered.value : null })
    } else if (rendered.ok) output.write(forReader(`${rendered.value}\n`, output))
  }
  return ending(lost)
}

/** A file or a program gets the exact text; a terminal must not be steered by what somebody remembered. */
function forReader(text: string, output: Output): string {
  return output.isTerminal ? printable(text) : text
}

function* noting(batches: Iterable<HistoryBatch>, lost: RenderError[]): Generator<HistoryBatch> {
  for (const batch of batches) {
    for (const error of batch.unwritable) lost.push(error)
    yield batch
  }
}

function batchJson({ episode, at, forms, unwritable }: HistoryBatch): Record<string, unknown> {
  return {
    episode: integer(episode),
    at: integer(at),
    forms,
    unwritable: unwritable.map(({ code, symbol, slot }) => ({ code, symbol: integer(symbol), slot })),
  }
}

function ending([first, ...more]: readonly RenderError[]): Exit {
  if (first === undefined) return 'done'
  const others = more.length === 0 ? '' : `, and ${more.length} more`
  const message = `not everything can be written as text: ${first.code} #${first.symbol} in ${first.slot}${others}`
  throw new Failure('integrity', first.code, message, { next: 'postern memory verify' })
}
