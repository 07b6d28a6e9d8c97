import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Clock } from '#base/clock.ts'
import {
  type Address,
  type IncomingMessage,
  MailReader,
  MailWriter,
  type MessageDocument,
  type SealOptions,
  seal,
} from '../../../src/mail/store/index.ts'

/** Noon of the first of October 2026, UTC. */
export const now = Date.UTC(2026, 9, 1, 12)
export const dayMs = 86_400_000

export interface Letter
  extends Partial<Omit<IncomingMessage, 'document'>>,
    Partial<Omit<MessageDocument, 'from' | 'to' | 'cc' | 'bcc'>> {
  readonly from?: string
  readonly to?: readonly string[]
  readonly cc?: readonly string[]
  readonly bcc?: readonly string[]
}

let letters = 0

/** A message of which only what matters to a test has to be said: `letter({ from: 'Ann <ann@a.example>' })`. */
export function letter(said: Letter = {}): IncomingMessage {
  letters++
  const document: MessageDocument = {
    parserVersion: said.parserVersion ?? 1,
    messageId: said.messageId ?? `letter-${letters}@test.example`,
    inReplyTo: said.inReplyTo ?? [],
    references: said.references ?? [],
    ...('date' in said ? (said.date === undefined ? {} : { date: said.date }) : { date: now - letters * 1000 }),
    from:
      said.from === undefined ? [person('Ann Archer <ann@a.example>')] : said.from === '' ? [] : [person(said.from)],
    to: (said.to ?? ['me@home.example']).map(person),
    cc: (said.cc ?? []).map(person),
    bcc: (said.bcc ?? []).map(person),
    deliveredTo: said.deliveredTo ?? [],
    subject: said.subject ?? `letter ${letters}`,
    text: said.text ?? '',
    snippet: said.snippet ?? (said.text ?? '').slice(0, 100),
    attachments: said.attachments ?? [],
    hasAttachments: said.hasAttachments ?? (said.attachments ?? []).some(({ inline }) => !inline),
    listId: said.listId ?? '',
    linkDensity: said.linkDensity ?? 'none',
    hasCalendar: said.hasCalendar ?? false,
    unsubscribe: said.unsubscribe ?? null,
  }
  const raw =
    said.raw ??
    Buffer.from(`Message-ID: <${document.messageId}>\r\nSubject: ${document.subject}\r\n\r\n${document.text}\r\n`)
  return {
    ...('raw' in said && said.raw === undefined ? {} : { raw }),
    account: said.account ?? 'home',
    labels: said.labels ?? [{ key: 'INBOX', kind: 'folder', role: 'inbox' }],
    flags: said.flags ?? 0,
    ...(said.receivedAt === undefined ? {} : { receivedAt: said.receivedAt }),
    ...(said.provider === undefined ? {} : { provider: said.provider }),
    document,
  }
}

export function person(text: string): Address {
  const found = /^(.*?)\s*<(.*)>$/.exec(text)
  return found === null ? { name: null, email: text } : { name: found[1] ?? null, email: found[2] ?? '' }
}

export class TestMailbox {
  readonly path: string
  readonly writer: MailWriter
  readonly clock: Clock & { at: number }
  #reader: MailReader | undefined

  constructor(path: string) {
    this.path = path
    this.clock = { at: now, now: () => this.clock.at, monotonicMs: () => performance.now() }
    this.writer = value(MailWriter.open(path, this.clock))
  }

  get reader(): MailReader {
    this.#reader ??= value(MailReader.open(this.path))
    return this.#reader
  }

  /** Ids in the order of the messages. */
  take(messages: readonly IncomingMessage[], options: SealOptions = {}): number[] {
    return value(this.writer.ingest(seal(messages, options))).map(({ id }) => id)
  }

  close(): void {
    this.#reader?.close()
    this.writer.close()
  }
}

export function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'mail-store-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

export function mailbox(path: string = join(directory(), 'mail.db')): TestMailbox {
  const box = new TestMailbox(path)
  onTestFinished(() => box.close())
  return box
}

export function value<T>(result: { ok: true; value: T } | { ok: false; error: { code: string; message: string } }): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}
