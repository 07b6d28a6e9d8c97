import { err, ok, type Result } from '#base/result.ts'
import { bodyCharactersMax, type DraftContent } from './draft.ts'
import { formatMailbox, type Mailbox, parseMailboxes } from './mailbox.ts'

/**
 * A draft as a text for an editor: a block of fields between two lines of dashes, then the body. What is wrong with it
 * comes back as comments at the top, and nothing that was written is lost.
 */
export interface DraftText {
  readonly from: string
  readonly to: readonly Mailbox[]
  readonly cc: readonly Mailbox[]
  readonly bcc: readonly Mailbox[]
  readonly subject: string
  /** Names of files that the draft has, or paths to add. */
  readonly attach: readonly string[]
  readonly body: string
}

export interface DocumentProblem {
  /** Counted from 1. */
  readonly line: number
  readonly message: string
}

const rule = '---'
const fields = ['from', 'to', 'cc', 'bcc', 'subject', 'attach'] as const
type Field = (typeof fields)[number]
const attachMax = 100
const headLinesMax = 1000

export function printDocument(content: DraftContent, problems: readonly DocumentProblem[] = []): string {
  const list = (mailboxes: readonly Mailbox[]) => mailboxes.map(formatMailbox).join(', ')
  const head = [
    rule,
    ...problems.map(({ message }) => `# ! ${message}`),
    `from: ${content.from}`,
    `to: ${list(content.to)}`,
    `cc: ${list(content.cc)}`,
    `bcc: ${list(content.bcc)}`,
    `subject: ${content.subject}`,
    ...content.files.map(({ name }) => `attach: ${name}`),
    '# attach: ~/file adds one; lines that begin with # are left out of these fields',
    rule,
  ]
  // Editors expect the last line to end; that end is not part of the text.
  return `${head.join('\n')}\n${content.body}\n`
}

export function parseDocument(text: string): Result<DraftText, readonly DocumentProblem[]> {
  const lines = text
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
    .split('\n')
  const end = lines.indexOf(rule, 1)
  if (lines[0] !== rule || end < 0 || end > headLinesMax) {
    return err([{ line: 1, message: 'the fields stand between two lines of three dashes at the top' }])
  }
  const problems: DocumentProblem[] = []
  const found = new Map<Field, { line: number; value: string }[]>()
  for (const [index, line] of lines.slice(1, end).entries()) {
    if (/^\s*(?:#.*)?$/.test(line)) continue
    const at = index + 2
    const split = /^([A-Za-z-]+)\s*:\s*(.*)$/.exec(line)
    const field = fields.find(name => name === split?.[1]?.toLowerCase())
    if (split === null || field === undefined)
      problems.push({ line: at, message: `line ${at} is none of: ${fields.join(', ')}` })
    else if (field !== 'attach' && found.has(field)) problems.push({ line: at, message: `${field} stands here twice` })
    else found.set(field, [...(found.get(field) ?? []), { line: at, value: (split[2] ?? '').trim() }])
  }
  const single = (field: Field) => found.get(field)?.[0] ?? { line: 1, value: '' }
  const people = (field: 'to' | 'cc' | 'bcc') => {
    const { line, value } = single(field)
    const parsed = parseMailboxes(value)
    if (parsed.ok) return parsed.value
    problems.push({ line, message: `${field}: ${parsed.error.message}` })
    return []
  }
  const draft: DraftText = {
    from: single('from').value,
    to: people('to'),
    cc: people('cc'),
    bcc: people('bcc'),
    subject: single('subject').value,
    attach: (found.get('attach') ?? []).map(({ value }) => value).filter(value => value !== ''),
    body: lines
      .slice(end + 1)
      .join('\n')
      .replace(/\n$/, ''),
  }
  problems.push(...limits(draft, single('subject').line))
  return problems.length === 0 ? ok(draft) : err(problems)
}

function limits({ subject, attach, body }: DraftText, subjectLine: number): DocumentProblem[] {
  const problems: DocumentProblem[] = []
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(subject) || subject.length > 1000) {
    problems.push({ line: subjectLine, message: 'subject: one line of at most 1,000 characters' })
  }
  if (attach.length > attachMax) problems.push({ line: 1, message: `attach: at most ${attachMax} files` })
  if (body.length > bodyCharactersMax) problems.push({ line: 1, message: 'the text is too long' })
  return problems
}
