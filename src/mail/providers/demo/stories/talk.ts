import { FLAG } from '../../../store/incoming.ts'
import type { Letter, Mailbox } from '../letter/build.ts'
import { dateText } from '../letter/build.ts'
import { awake, pause, zoneMinutesAt } from '../times.ts'
import { wrapped } from '../words/fill.ts'
import { languages } from '../words/languages.ts'
import { demoEndsAt, type LabelTag, type Language, type Person } from '../world.ts'
import { attachmentsFor } from './attachments.ts'
import { type DemoMessage, deliver, domainOf, envelopeFields, escapeHtml, newId, placeOf, type Scene } from './scene.ts'

export interface Talk {
  /** The person of the mailbox, under the address used here. */
  readonly self: Person
  readonly others: readonly Person[]
  readonly subject: string
  readonly language: Language
  readonly startsAt: number
  readonly messages: number
  readonly paragraph: () => string
  readonly tag?: LabelTag
  /** Old programs wrote in the charset of their language. */
  readonly charset?: Letter['charset']
  readonly signature?: string
  /** A mailing list that everything goes through. */
  readonly list?: { readonly address: Mailbox; readonly fields: readonly string[] }
  readonly fileShare?: number
}

interface Said {
  readonly id: string
  readonly author: Person
  readonly at: number
  readonly text: string
}

const quotedLinesMax = 60

/** A conversation: who answers whom, when, with what quoted. It ends when the mailbox does. */
export function talk(scene: Scene, plan: Talk): DemoMessage[] {
  const { dice } = scene
  const said: Said[] = []
  const told: DemoMessage[] = []
  let at = plan.startsAt
  for (let index = 0; index < plan.messages && at < demoEndsAt; index++) {
    const author = nextAuthor(said, plan, scene)
    const last = said.at(-1)
    const isNew = last === undefined
    const text = compose(author, plan, scene)
    const id = newId(scene, index, domainOf(author))
    const quote = isNew || dice.chance(0.25) ? '' : quoteOf(last, plan, author)
    const whole = quote === '' ? text : `${text}\n\n${quote}`
    const files = dice.chance(plan.fileShare ?? 0) ? attachmentsFor(dice) : []
    const isMine = author === plan.self
    const hasHtml = plan.list === undefined && plan.charset === undefined && dice.chance(0.3)
    told.push(
      deliver(
        {
          messageId: id,
          at,
          zoneMinutes: zoneMinutesAt(author.zone, at),
          from: author,
          ...recipients(author, plan),
          subject: isNew ? plan.subject : `Re: ${plan.subject}`,
          references: referencesOf(said),
          ...(isMine ? {} : { before: envelopeFields(author, at, { to: plan.self }) }),
          fields: [...(plan.list?.fields ?? []), ...(isMine ? ['User-Agent: Postern demo'] : [])],
          text: whole,
          ...(hasHtml ? { html: htmlOf(text, quote, last) } : {}),
          ...(plan.charset === undefined ? {} : { charset: plan.charset, transfer: '8bit' as const }),
          isFlowed: dice.chance(0.15),
          files,
        },
        {
          ...(isMine ? { folder: 'sent' as const, flags: FLAG.read } : placeOf(at, dice)),
          ...(plan.tag === undefined ? {} : { tags: [plan.tag] }),
        },
      ),
    )
    said.push({ id, author, at, text: whole })
    at = awake(at + pause(dice), author.zone, dice)
  }
  return told
}

function nextAuthor(said: readonly Said[], { self, others }: Talk, { dice }: Scene): Person {
  const last = said.at(-1)?.author
  if (last === undefined) return dice.chance(0.3) ? self : dice.pick(others)
  if (last !== self && dice.chance(others.length === 1 ? 0.9 : 0.45)) return self
  return dice.pick(others)
}

function recipients(author: Person, { self, others, list }: Talk): { to: readonly Mailbox[]; cc?: readonly Mailbox[] } {
  if (list !== undefined) return { to: [list.address] }
  const rest = [self, ...others].filter(each => each !== author)
  const [first, ...more] = rest
  return { to: first === undefined ? [self] : [first], ...(more.length === 0 ? {} : { cc: more }) }
}

function referencesOf(said: readonly Said[]): string[] {
  return said.slice(-12).map(({ id }) => id)
}

function compose(author: Person, plan: Talk, { dice }: Scene): string {
  const phrases = plan.language === 'en' ? undefined : languages[plan.language]
  const paragraphs = Array.from({ length: dice.between(1, 4) }, () => plan.paragraph())
  const name = author === plan.self ? 'Nora' : author.name.split(' ')[0]
  const partner = author === plan.self ? (plan.others[0]?.name.split(' ')[0] ?? '') : 'Nora'
  const hello = phrases?.hello ?? (dice.chance(0.5) ? `Hi ${partner},` : `Dear ${partner},`)
  const bye = phrases?.bye ?? dice.pick(['Best', 'Best regards', 'Thanks', 'Cheers', 'All the best'])
  const opening = plan.list === undefined && dice.chance(0.8) ? [hello] : []
  const end = dice.chance(0.25) ? [`${name}`] : [`${bye}\n${name}`]
  const signature = plan.signature !== undefined && dice.chance(0.5) ? [`-- \n${plan.signature}`] : []
  return [...opening, ...paragraphs.map(each => wrapped(each, 72)), ...end, ...signature].join('\n\n')
}

function quoteOf(last: Said, { language }: Talk, reader: Person): string {
  const date = dateText(last.at, zoneMinutesAt(reader.zone, last.at)).slice(0, 22)
  const head =
    language === 'en' ? `On ${date}, ${last.author.name} wrote:` : languages[language].wrote(date, last.author.name)
  const lines = last.text.split('\n').slice(0, quotedLinesMax)
  return `${head}\n\n${lines.map(line => (line.startsWith('>') ? `>${line}` : `> ${line}`)).join('\n')}`
}

function htmlOf(text: string, quote: string, last: Said | undefined): string {
  const paragraphs = (source: string) =>
    source
      .split('\n\n')
      .map(each => `<p>${escapeHtml(each).replaceAll('\n', '<br>\n')}</p>`)
      .join('\n')
  if (quote === '' || last === undefined) return `<html><body>\n${paragraphs(text)}\n</body></html>\n`
  const head = escapeHtml(quote.slice(0, quote.indexOf('\n')))
  const cited = `<blockquote type="cite">\n${paragraphs(last.text)}\n</blockquote>`
  return `<html><body>\n${paragraphs(text)}\n<div class="gmail_quote"><div>${head}</div>\n${cited}</div>\n</body></html>\n`
}
