import { join } from 'node:path'
import { systemClock } from '#base/clock.ts'
import type { Result } from '#base/result.ts'
import type { MailProvider } from '#mail/providers/provider.ts'
import { MailReader, MailWriter } from '#mail/store/index.ts'
import { type PassOptions, passOver } from '#mail/sync/account-pass.ts'
import { type Happened, prepareHere } from '#mail/sync/index.ts'
import { newDirectory } from '../../postern.ts'

/** A store, and passes of a provider over it. */
export interface SyncBox {
  readonly writer: MailWriter
  readonly reader: MailReader
  readonly happened: Happened[]
  pass(provider: MailProvider, options?: Partial<PassOptions>): ReturnType<typeof passOver>
  /** What a person sees: each message with its folders and tags, its flags. By Message-ID, without ids of ours. */
  seen(): Record<string, { labels: string[]; flags: string[] }>
  close(): void
}

export function syncBox(): SyncBox {
  const path = join(newDirectory('sync'), 'mail.db')
  const writer = value(MailWriter.open(path))
  const reader = value(MailReader.open(path))
  const happened: Happened[] = []
  return {
    writer,
    reader,
    happened,
    pass: (provider, options = {}) =>
      passOver({
        provider,
        store: { reader, writer },
        prepare: prepareHere,
        choice: { include: [], exclude: [] },
        signal: new AbortController().signal,
        hasNews: () => false,
        onHappened: each => happened.push(each),
        monotonicMs: () => systemClock.monotonicMs(),
        ...options,
      }),
    seen: () => {
      const ids = reader.statements.all('SELECT id FROM messages ORDER BY id').map(row => Number(row[0]))
      return Object.fromEntries(
        reader.list(ids).map(message => [
          message.messageId,
          {
            labels: message.labels.map(({ name }) => name).sort(),
            flags: ['read', 'starred', 'answered', 'draft'].filter(flag => Reflect.get(message.flags, flag) === true),
          },
        ]),
      )
    },
    close: () => {
      reader.close()
      writer.close()
    },
  }
}

export function value<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`)
  return result.value
}
