import { parseMessage } from '../mime/index.ts'
import { escapeMarkdown, renderHtml, stripInvisible } from '../render/index.ts'
import type { Address, ListedMessage } from '../store/index.ts'
import { isoDate } from './iso-date.ts'
import type { Letter } from './letter.ts'
import { savedFiles } from './saved-files.ts'

export interface MarkdownOptions {
  readonly timeZone: string
  /** Attachments lie in a folder named after the message, beside the text. */
  readonly linksFiles: boolean
}

/**
 * A message as Markdown with YAML front matter. HTML becomes Markdown; plain text has its marks escaped, so that a
 * sender cannot make a viewer fetch an image or show a heading that was never there.
 */
export function markdownLetter({ listed, raw }: Letter, options: MarkdownOptions): string {
  const message = parseMessage(raw, { textFromHtml: false })
  const { html, text } = message
  const body = html === null ? plainAsMarkdown(text ?? '') : renderHtml(html, { mode: 'markdown' }).text
  const files = savedFiles(message, raw)
  const front = frontMatter(listed, [
    ['attachments', files.map(({ attachment }) => attachment.filename ?? attachment.contentType)],
    ['date', isoDate(listed.date, options.timeZone)],
    ...(message.replyTo.length === 0 ? [] : [['reply_to', message.replyTo.map(addressText)] as const]),
  ])
  const links = options.linksFiles ? files.map(({ name }) => fileLink(listed.id, name)) : []
  const title = escapeMarkdown(oneLine(listed.subject))
  const parts = [front, `# ${title === '' ? '(no subject)' : title}`, body.trim(), links.join('\n')]
  return `${parts.filter(part => part !== '').join('\n\n')}\n`
}

type Entry = readonly [string, unknown]

/** JSON is YAML, and nothing a sender writes can end one of its strings. */
function frontMatter(listed: ListedMessage, more: readonly Entry[]): string {
  const entries: Entry[] = [
    ['id', listed.id],
    ['thread', listed.threadId],
    ['account', listed.account],
    ['from', listed.from.map(addressText)],
    ['to', listed.to.map(addressText)],
    ['cc', listed.cc.map(addressText)],
    ['subject', oneLine(listed.subject)],
    ['message_id', oneLine(listed.messageId)],
    ['labels', listed.labels.map(({ name }) => oneLine(name))],
    ['flags', Object.entries(listed.flags).flatMap(([name, isSet]) => (isSet ? [name] : []))],
    ...more,
  ]
  const lines = entries.map(([name, value]) => `${name}: ${JSON.stringify(visible(value))}`)
  return ['---', ...lines, '---'].join('\n')
}

function visible(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(visible)
  return typeof value === 'string' ? oneLine(value) : value
}

function oneLine(text: string): string {
  return stripInvisible(text).replace(/\s+/g, ' ').trim()
}

export function addressText({ name, email }: Address): string {
  return name === null || name === '' ? email : `${name} <${email}>`
}

function fileLink(id: string, name: string): string {
  return `- [${escapeMarkdown(name)}](<${encodeURI(`${id}/${name}`)}>)`
}

/** Lines stay lines, quotes stay quotes, everything else loses its meaning as Markdown. */
function plainAsMarkdown(text: string): string {
  const lines = stripInvisible(text)
    .split('\n')
    .map(line => {
      const depth = /^(?:> ?)*/.exec(line)?.[0] ?? ''
      const marks = depth.replace(/[^>]/g, '')
      return (marks === '' ? '' : `${marks} `) + escapeMarkdown(line.slice(depth.length).trimEnd())
    })
  return lines.map((line, index) => (line !== '' && (lines[index + 1] ?? '') !== '' ? `${line}\\` : line)).join('\n')
}
