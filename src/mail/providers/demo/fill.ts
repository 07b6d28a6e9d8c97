import { ok, type Result } from '#base/result.ts'
import { readDocument } from '../../document.ts'
import { type IncomingMessage, type MailWriter, type StoreError, seal } from '../../store/index.ts'
import { type DemoOptions, demoMailbox } from './mailbox.ts'
import type { DemoMessage } from './stories/scene.ts'
import { demoAccount, demoAddresses, folders, labels } from './world.ts'

export interface FillOptions extends DemoOptions {
  readonly onProgress?: (done: number) => void
}

export interface Filled {
  /** New in the store. */
  readonly stored: number
  /** There already. */
  readonly known: number
}

const batchMessages = 1_000
const tendStepMs = 1_000

/** Takes the demo's mailbox into a store. What is there already stays as it is, so it can be repeated and enlarged. */
export function fillDemo(writer: MailWriter, options: FillOptions = {}): Result<Filled, StoreError> {
  const prepared = prepare(writer)
  if (!prepared.ok) return prepared
  let filled: Filled = { stored: 0, known: 0 }
  let batch: IncomingMessage[] = []
  const store = (): Result<unknown, StoreError> => {
    const ingested = writer.ingest(seal(batch))
    batch = []
    if (!ingested.ok) return ingested
    const stored = ingested.value.filter(({ outcome }) => outcome === 'stored').length
    filled = { stored: filled.stored + stored, known: filled.known + ingested.value.length - stored }
    options.onProgress?.(filled.stored + filled.known)
    return ok(undefined)
  }
  for (const message of demoMailbox(options)) {
    batch.push(incomingOf(message))
    if (batch.length < batchMessages) continue
    const stored = store()
    if (!stored.ok) return stored
  }
  const last = store()
  if (!last.ok) return last
  for (;;) {
    const tended = writer.tend({ budgetMs: tendStepMs })
    if (!tended.ok) return tended
    if (tended.value.isDone) return ok(filled)
  }
}

function prepare(writer: MailWriter): Result<unknown, StoreError> {
  const addressed = writer.setAddresses(demoAccount, demoAddresses)
  return addressed.ok ? writer.setLabels(demoAccount, [...Object.values(folders), ...Object.values(labels)]) : addressed
}

/** A message of the demo as the store takes it in. */
export function incomingOf({ raw, folder, tags, flags, receivedAt }: DemoMessage): IncomingMessage {
  return {
    raw,
    account: demoAccount,
    labels: [folders[folder], ...tags.map(tag => labels[tag])],
    flags,
    receivedAt,
    document: readDocument(raw).document,
  }
}
