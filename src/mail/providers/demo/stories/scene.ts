import { FLAG } from '../../../store/incoming.ts'
import type { Dice } from '../dice.ts'
import { buildLetter, dateText, type Letter, type Mailbox } from '../letter/build.ts'
import { dayMs } from '../times.ts'
import { demoEndsAt, type FolderName, type LabelTag, me } from '../world.ts'

/** One thing that happened: it gives one message or a whole thread, and depends on nothing but its dice and its start. */
export type Story = (scene: Scene) => DemoMessage[]

export interface Scene {
  readonly dice: Dice
  /** Some day of the mailbox; the story chooses the hour. */
  readonly day: number
  /** Different in every scene: goes into ids. */
  readonly key: string
}

export interface DemoMessage {
  /** One of `wellKnown`, for the messages that have a name. */
  readonly name?: string
  readonly raw: Uint8Array
  readonly folder: FolderName
  readonly tags: readonly LabelTag[]
  /** Bits of `FLAG`. */
  readonly flags: number
  readonly receivedAt: number
}

export interface Delivery {
  readonly folder: FolderName
  readonly tags?: readonly LabelTag[]
  readonly flags?: number
  readonly name?: string
}

export function deliver(letter: Letter, delivery: Delivery): DemoMessage {
  const { folder, tags = [], flags = 0, name } = delivery
  return {
    raw: buildLetter(letter),
    folder,
    tags,
    flags,
    receivedAt: letter.at + 3000,
    ...(name === undefined ? {} : { name }),
  }
}

/** What the servers on the way wrote above a message. `auth` is what the person's own server found out. */
export function envelopeFields(from: Mailbox, at: number, options: { to?: Mailbox; auth?: string; hop?: string } = {}) {
  const { to = me, hop = 'mx2' } = options
  const domain = from.email.slice(from.email.indexOf('@') + 1)
  const auth =
    options.auth ??
    `dkim=pass header.d=${domain};\r\n spf=pass smtp.mailfrom=${domain}; dmarc=pass header.from=${domain}`
  return [
    `Return-Path: <${from.email}>`,
    `Delivered-To: ${to.email}`,
    `Received: from ${hop}.${domain} (${hop}.${domain} [192.0.2.${(domain.length * 7) % 250}])\r\n by mx.birchstone.example with ESMTPS; ${dateText(at + 2000, 0)}`,
    `Authentication-Results: mx.birchstone.example; ${auth}`,
  ]
}

/** Where mail lies by now, and whether it was read: the newest is in the inbox and often unread. */
export function placeOf(at: number, dice: Dice, habit: 'letter' | 'bulk' = 'letter'): Delivery {
  const ageDays = (demoEndsAt - at) / dayMs
  const isRead = dice.chance(
    ageDays < 2 ? 0.4 : ageDays < 14 ? (habit === 'bulk' ? 0.5 : 0.9) : habit === 'bulk' ? 0.7 : 0.99,
  )
  const isStarred = habit === 'letter' && dice.chance(0.02)
  const flags = (isRead ? FLAG.read : 0) | (isStarred ? FLAG.starred : 0)
  if (ageDays < 25) return { folder: dice.chance(0.85) ? 'inbox' : 'archive', flags }
  if (habit === 'bulk' && dice.chance(0.25)) return { folder: 'trash', flags }
  return { folder: dice.chance(0.12) ? 'inbox' : 'archive', flags }
}

export function newId(scene: Scene, index: number, domain: string): string {
  return `${scene.dice.hex(12)}.${scene.key}.${index}@${domain}`
}

export function domainOf({ email }: Mailbox): string {
  return email.slice(email.indexOf('@') + 1)
}

export function unsubscribeFields(
  list: string,
  address: Mailbox,
  kind: 'one_click' | 'mailto' | 'http',
  code: string,
): string[] {
  const host = domainOf(address)
  const link = `<https://${host}/unsubscribe/${code}>`
  const mail = `<mailto:leave-${code}@${host}?subject=unsubscribe>`
  const uris = kind === 'one_click' ? `${link}, ${mail}` : kind === 'mailto' ? mail : link
  return [
    `List-Id: <${list}>`,
    `List-Unsubscribe: ${uris}`,
    ...(kind === 'one_click' ? ['List-Unsubscribe-Post: List-Unsubscribe=One-Click'] : []),
    'Precedence: bulk',
  ]
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
