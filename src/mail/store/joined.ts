import type { SealedBatch, SealedMessage } from './seal.ts'

/** Several batches as one, to be stored in one transaction; messages keep their order. */
export function joined(batches: readonly SealedBatch[]): SealedBatch {
  const [only] = batches
  if (only !== undefined && batches.length === 1) return only
  const messages: SealedMessage[] = []
  let [blocks, parts] = [0, 0]
  for (const batch of batches) {
    for (const message of batch.messages) messages.push(moved(message, blocks, parts))
    blocks += batch.blocks.length
    parts += batch.parts.length
  }
  return {
    messages,
    blocks: batches.flatMap(batch => batch.blocks),
    parts: batches.flatMap(batch => batch.parts),
    texts: batches.flatMap(batch => batch.texts),
  }
}

/** @param blocks of the batches before, as `parts` */
function moved(message: SealedMessage, blocks: number, parts: number): SealedMessage {
  const { raw } = message
  if (raw === undefined) return message
  return {
    ...message,
    raw: {
      ...raw,
      block: raw.block === undefined ? undefined : raw.block + blocks,
      cuts: raw.cuts.map(({ start, part }) => ({ start, part: part + parts })),
    },
  }
}
