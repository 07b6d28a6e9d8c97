import { closeSync } from 'node:fs'
import type { IncomingLabel } from '../store/incoming.ts'
import { MboxFile } from './mbox-file.ts'
import { openFile } from './open-file.ts'
import { type Quoting, reasonOf, type Sourced, trouble } from './source.ts'

/** The four ways in which "From " lines of bodies are kept apart from those that begin a message. */
export const MBOX_VARIANTS = ['mboxo', 'mboxrd', 'mboxcl', 'mboxcl2'] as const
export type MboxVariant = (typeof MBOX_VARIANTS)[number]

const quotings: Readonly<Record<MboxVariant, Quoting>> = {
  mboxo: 'one',
  mboxrd: 'each',
  mboxcl: 'one',
  mboxcl2: 'none',
}

/** The messages of an mbox; it is read twice, once here for where they are, once by the workers. */
export function* mbox(path: string, folder: IncomingLabel, variant?: MboxVariant): Generator<Sourced> {
  let opened: ReturnType<typeof openFile>
  try {
    opened = openFile(path)
  } catch (thrown) {
    yield trouble(path, 'file_unreadable', `this mbox cannot be read: ${reasonOf(thrown)}`)
    return
  }
  if (opened === undefined) {
    yield trouble(path, 'not_a_file', 'neither a file nor a folder: it is not opened')
    return
  }
  yield { box: path }
  try {
    const file = new MboxFile(opened)
    const chosen = variant ?? detectVariant(file)
    const shared = { path, folder, flags: 0, quoting: quotings[chosen] }
    for (const { start, end, at } of messagesOf(file, chosen)) {
      yield { ...shared, range: { start, end }, ...(at === undefined ? {} : { receivedAt: at }) }
    }
  } finally {
    closeSync(opened.descriptor)
  }
}

interface Piece {
  readonly start: number
  readonly end: number
  /** The time in its From line. */
  readonly at: number | undefined
}

function* messagesOf(file: MboxFile, variant: MboxVariant): Generator<Piece> {
  const counts = variant === 'mboxcl' || variant === 'mboxcl2'
  for (let line = firstLine(file); line < file.size; ) {
    const feed = file.indexOf('\n', line)
    if (feed < 0) return
    const start = feed + 1
    const counted = counts ? countedEnd(file, start) : undefined
    const next = counted?.next ?? nextFromLine(file, start)
    const end = counted?.end ?? withoutSeparator(file, start, next)
    yield { start, end, at: timeInFromLine(file.text(line, Math.min(feed, line + fromLineMax))) }
    line = next
  }
}

/** What stands before the first message: blank lines, or a byte order mark that an editor left. */
function firstLine(file: MboxFile): number {
  const lead = /^(?:\u00ef\u00bb\u00bf)?[\r\n]*/.exec(file.text(0, fromLineMax))?.[0] ?? ''
  return lead.length
}

export function beginsMbox(beginning: string): boolean {
  return /^(?:\u00ef\u00bb\u00bf)?[\r\n]*From [^\n]*(?:\n|$)/.test(beginning)
}

const fromLineMax = 1000
const contextMax = 3000

/** Where the next From line begins; the end of the file when there is none. */
function nextFromLine(file: MboxFile, from: number): number {
  for (let at = from - 1; ; at++) {
    at = file.indexOf('\nFrom ', at)
    if (at < 0) return file.size
    if (isSeparator(file.text(at - 2, at), file.text(at + 1, at + contextMax))) return at + 1
  }
}

/**
 * A From line begins a message when it is followed by a header and, before it, has a blank line or in it a full date.
 * The text "From the beginning" of a writer that quotes nothing has neither.
 */
function isSeparator(before: string, after: string): boolean {
  const [line = '', next = ''] = after.split('\n', 2)
  const isAfterBlank = before.endsWith('\n') || before === '\n\r' || before.endsWith('\n\r')
  const isBeforeHeader = /^(?:[\x21-\x39\x3b-\x7e]{1,76}[ \t]*:|>From )/.test(next)
  if (isAfterBlank && isBeforeHeader) return hasTime.test(line) || /^From \S*\s*$/.test(line)
  if (isAfterBlank && /^\r?$/.test(next)) return hasDate.test(line)
  return isBeforeHeader && hasDate.test(line)
}

const hasTime = /\b\d{1,2}:\d\d\b.*\b\d{4}\b|\b\d{4}\b.*\b\d{1,2}:\d\d\b/
const hasDate = /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:\w{3} +\d{1,2}|\d{1,2} +\w{3})\b.*\b\d{1,2}:\d\d\b.*\b\d{4}\b/

/** The message's end without the one blank line that keeps it apart from the next. */
function withoutSeparator(file: MboxFile, start: number, next: number): number {
  const tail = file.text(Math.max(start, next - 4), next)
  if (tail.endsWith('\n\n')) return next - 1
  return tail.endsWith('\n\r\n') ? next - 2 : next
}

const headerBytesMax = 1 << 16

/** Where a message ends by its Content-Length, if a From line or the end of the file stands there. */
function countedEnd(file: MboxFile, start: number): { end: number; next: number } | undefined {
  const header = file.text(start, start + headerBytesMax)
  const blank = /\n\r?\n/.exec(header)
  if (blank === null) return undefined
  const length = /^content-length[ \t]*:[ \t]*(\d{1,12})[ \t]*\r?$/im.exec(header.slice(0, blank.index + 1))?.[1]
  if (length === undefined) return undefined
  const end = start + blank.index + blank[0].length + Number(length)
  if (end > file.size) return undefined
  const after = file.text(end, end + 10)
  const gap = /^(?:\r?\n){0,2}/.exec(after)?.[0].length ?? 0
  if (after.startsWith('From ', gap) || end + gap === file.size) return { end, next: end + gap }
  return undefined
}

const countedMessagesMax = 100
const sampleBytesMax = 256 * 1024 * 1024

/**
 * Which of the four an mbox is. Lengths count only when each of its first messages bears a right one: a sender who
 * brings one length along must not swallow the messages behind his own.
 */
export function detectVariant(file: MboxFile): MboxVariant {
  const bodies = countedBodies(file)
  const sampleEnd = Math.min(file.size, sampleBytesMax)
  if (bodies === undefined) return file.indexOf('\n>>From ', 0, sampleEnd) >= 0 ? 'mboxrd' : 'mboxo'
  const holdsBareLine = bodies.some(({ start, end }) => file.indexOf('\nFrom ', start, end - 1) >= 0)
  return holdsBareLine ? 'mboxcl2' : 'mboxcl'
}

function countedBodies(file: MboxFile): { start: number; end: number }[] | undefined {
  const bodies: { start: number; end: number }[] = []
  for (let line = firstLine(file); line < file.size && bodies.length < countedMessagesMax; ) {
    const feed = file.indexOf('\n', line)
    const counted = feed < 0 ? undefined : countedEnd(file, feed + 1)
    if (counted === undefined) return undefined
    bodies.push({ start: feed + 1, end: counted.end })
    line = counted.next
  }
  return bodies.length === 0 ? undefined : bodies
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** The time of a From line as C's asctime writes it, taken for UTC; undefined for any other form. */
function timeInFromLine(line: string): number | undefined {
  const found = /\b([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}):(\d{2})(?::(\d{2}))?(?: [+-]\d{4}| [A-Z]{1,5})? (\d{4})/.exec(
    line,
  )
  const month = months.indexOf(found?.[1]?.toLowerCase() ?? '')
  if (found === null || month < 0) return undefined
  const [day, hour, minute, second, year] = found.slice(2).map(part => Number(part ?? 0))
  return Date.UTC(year ?? 0, month, day ?? 0, hour ?? 0, minute ?? 0, second ?? 0)
}
