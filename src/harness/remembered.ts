import { existsSync } from 'node:fs'
import type { DraftQueue } from '#librarian/drafts/queue.ts'
import { RecallIndex } from '#librarian/recall/index.ts'
import { type MemoryDocument, memoryDocuments } from '#librarian/recall/memories.ts'
import type { Source } from '#librarian/sources.ts'
import { MemoryReader } from '#memory/reader.ts'
import { sealKeysOf } from '#memory/seal-key.ts'
import { storeErrorText } from '#memory/store-error.ts'
import type { CapsuleItem, CapsuleSource } from './capsule.ts'

const itemsMax = 500
/** Answers to the question that come before everything else. */
const answersMax = 50

/**
 * What memory holds for a capsule: first what answers `query`, then what is confirmed, the newest first, then the
 * rest. Creates and changes nothing; a log that cannot be read is a warning, because an agent is started all the same.
 */
export function rememberedAt(
  log: string,
  queue: DraftQueue,
  { query, now }: { readonly query: string | undefined; readonly now: number },
): CapsuleSource {
  const waiting = queue.ids('pending').length
  if (!existsSync(log)) return { items: [], waiting, warnings: [] }
  const opened = MemoryReader.open(log, { keys: sealKeysOf(log) })
  if (!opened.ok) {
    return { items: [], waiting, warnings: [`memory cannot be read: ${storeErrorText(opened.error)}`] }
  }
  try {
    return { items: ordered(memoryDocuments(opened.value.pipeline), { query, now }), waiting, warnings: [] }
  } finally {
    opened.value.close()
  }
}

/** Pure: the order of a capsule. */
export function ordered(
  documents: readonly MemoryDocument[],
  { query, now }: { readonly query: string | undefined; readonly now: number },
): readonly CapsuleItem[] {
  const byId = new Map(documents.map(document => [document.id, document]))
  const answers = query === undefined ? [] : new RecallIndex(documents).search(query, { limit: answersMax })
  const first = answers.flatMap(({ id, passage }) => {
    const found = byId.get(id)
    return found === undefined ? [] : [itemOf(found, found.text.slice(passage.start, passage.end))]
  })
  const answered = new Set(answers.map(({ id }) => id))
  const rest = documents
    .filter(({ id }) => !answered.has(id))
    .sort((one, other) => newestFirst(one, other, now))
    .map(document => itemOf(document, document.text))
  return [...first, ...rest].slice(0, itemsMax)
}

/** A date that lies ahead counts as today: nobody gets to the top by writing a later year. */
function newestFirst(one: MemoryDocument, other: MemoryDocument, now: number): number {
  const confirmed = Number(one.unconfirmed) - Number(other.unconfirmed)
  const time = Math.min(other.at ?? 0, now) - Math.min(one.at ?? 0, now)
  return confirmed || time || (one.id < other.id ? -1 : 1)
}

function itemOf({ id, at, unconfirmed, source }: MemoryDocument, text: string): CapsuleItem {
  return { id, text, at, confirmed: !unconfirmed, source: source === undefined ? null : sourceOf(source) }
}

function sourceOf({ facts }: Source): string {
  const from = facts.get('mail_message') ?? facts.get('provenance_uri') ?? ''
  return `${facts.get('source_surface') ?? ''} ${from}`.trim()
}
