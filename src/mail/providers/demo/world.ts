import type { IncomingLabel } from '../../store/incoming.ts'
import type { Mailbox } from './letter/build.ts'
import type { Charset } from './letter/charsets.ts'

/**
 * Whose mailbox it is, who writes to it, and where things lie. Nora Winter manages projects of a small architects'
 * office in Bremen, sings in a choir and has family in three countries. Every domain ends in `.example`, which can
 * belong to nobody (RFC 2606).
 */
export const demoAccount = 'demo'

/** The day on which the demo stands still: a Wednesday evening. */
export const demoEndsAt = Date.UTC(2026, 8, 30, 16, 30)
export const demoSpanMs = 3 * 365 * 86_400_000

export interface Person extends Mailbox {
  readonly zone: Zone
  readonly language: Language
  readonly role?: string
}

export type Language =
  | 'en'
  | 'de'
  | 'fr'
  | 'es'
  | 'pt'
  | 'it'
  | 'pl'
  | 'tr'
  | 'el'
  | 'ru'
  | 'uk'
  | 'ja'
  | 'zh'
  | 'ko'
  | 'ar'
  | 'he'
  | 'hi'

/** Minutes east of Greenwich in winter, and whether the clock changes as in Europe. */
export interface Zone {
  readonly minutes: number
  readonly hasSummer: boolean
}

const berlin: Zone = { minutes: 60, hasSummer: true }
const london: Zone = { minutes: 0, hasSummer: true }
const athens: Zone = { minutes: 120, hasSummer: true }
const fixed = (minutes: number): Zone => ({ minutes, hasSummer: false })

function person(name: string, email: string, zone: Zone = berlin, language: Language = 'en', role?: string): Person {
  return { name, email, zone, language, ...(role === undefined ? {} : { role }) }
}

/** At the office, and at home. */
export const me = person('Nora Winter', 'nora.winter@birchstone.example', berlin)
export const meAtHome = person('Nora Winter', 'nora@winter.example', berlin)
export const demoAddresses: readonly string[] = [me.email, meAtHome.email]

export const colleagues: readonly Person[] = [
  person('Ines Carvalho', 'ines.carvalho@birchstone.example', berlin, 'en', 'partner'),
  person('Tomasz Zieliński', 'tomasz.zielinski@birchstone.example', berlin, 'en', 'structures'),
  person('Leila Haddad', 'leila.haddad@birchstone.example', berlin, 'en', 'drawings'),
  person('Jonas Petersen', 'jonas.petersen@birchstone.example', berlin, 'de', 'site manager'),
  person('Aoife Brennan', 'aoife.brennan@birchstone.example', london, 'en', 'office'),
  person('Ravi Menon', 'ravi.menon@birchstone.example', berlin, 'en', 'models'),
  person('Greta Lohmann', 'greta.lohmann@birchstone.example', berlin, 'de', 'accounts'),
  person('Samuel Okafor', 'samuel.okafor@birchstone.example', london, 'en', 'acoustics'),
]

export const clients: readonly Person[] = [
  person('Henrik Dahl', 'henrik.dahl@harbour-library.example', berlin, 'en', 'client'),
  person('Margaret Ellison', 'm.ellison@ellison-trust.example', london, 'en', 'client'),
  person('Dr. Katharina Vogt', 'vogt@klinikum-nord.example', berlin, 'de', 'client'),
  person('Luc Bertrand', 'luc.bertrand@marche-couvert.example', berlin, 'fr', 'client'),
  person('Elena Ferri', 'e.ferri@comune-valle.example', berlin, 'it', 'client'),
  person('Beatriz Nogueira', 'beatriz@nogueira-casas.example', fixed(-180), 'pt', 'client'),
  person('Carlos Ibáñez', 'c.ibanez@puente-norte.example', berlin, 'es', 'client'),
  person('Andrew Whitlock', 'andrew.whitlock@tramdepot.example', london, 'en', 'client'),
]

export const abroad: readonly Person[] = [
  person('田中 美咲', 'misaki.tanaka@tanaka-sekkei.example', fixed(540), 'ja', 'timber'),
  person('王 伟', 'wang.wei@qingdao-glass.example', fixed(480), 'zh', 'glass'),
  person('김 서연', 'seoyeon.kim@hanok-studio.example', fixed(540), 'ko', 'joinery'),
  person('أحمد منصور', 'ahmed.mansour@nile-stone.example', fixed(120), 'ar', 'stone'),
  person('יעל כהן', 'yael.cohen@carmel-light.example', fixed(120), 'he', 'lighting'),
  person('Олена Шевченко', 'olena@shevchenko-bureau.example', athens, 'uk', 'surveys'),
  person('Ирина Соколова', 'i.sokolova@sokolova-translations.example', fixed(180), 'ru', 'translations'),
  person('Νίκος Παπαδάκης', 'n.papadakis@crete-marble.example', athens, 'el', 'marble'),
  person('Ayşe Yıldırım', 'ayse@yildirim-seramik.example', fixed(180), 'tr', 'tiles'),
  person('Małgorzata Wójcik', 'm.wojcik@stolarnia-wojcik.example', berlin, 'pl', 'windows'),
  person('प्रिया शर्मा', 'priya.sharma@jaipur-carpets.example', fixed(330), 'hi', 'textiles'),
]

export const family: readonly Person[] = [
  person('Mama', 'ingrid.winter@winter.example', berlin, 'de', 'mother'),
  person('Jakob Winter', 'jakob@winter.example', fixed(-300), 'en', 'brother'),
  person('Tante Hilde', 'hilde.brandt@posthorn.example', berlin, 'de', 'aunt'),
  person('Amélie Roux', 'amelie.roux@posthorn.example', berlin, 'fr', 'cousin'),
  person('Daniel Reyes', 'daniel@reyes.example', berlin, 'en', 'partner'),
]

export const friends: readonly Person[] = [
  person('Sofia Lindgren', 'sofia.lindgren@posthorn.example', berlin, 'en'),
  person('Kwame Mensah', 'kwame@mensah.example', london, 'en'),
  person('Yuki Arai', 'yuki.arai@posthorn.example', fixed(540), 'en'),
  person('Bea Hoffmann', 'bea.hoffmann@posthorn.example', berlin, 'de'),
  person('Marco Bianchi', 'marco.bianchi@posthorn.example', berlin, 'it'),
  person('Priscilla Adeyemi', 'p.adeyemi@posthorn.example', london, 'en'),
]

const folder = (key: string, role: NonNullable<IncomingLabel['role']>): IncomingLabel => ({ key, kind: 'folder', role })
const label = (name: string): IncomingLabel => ({ key: name, name, kind: 'label' })

export const folders = {
  inbox: folder('INBOX', 'inbox'),
  sent: folder('Sent', 'sent'),
  archive: folder('Archive', 'archive'),
  drafts: folder('Drafts', 'drafts'),
  trash: folder('Trash', 'trash'),
  spam: folder('Spam', 'spam'),
} as const satisfies Record<string, IncomingLabel>
export type FolderName = keyof typeof folders

export const labels = {
  clients: label('Clients'),
  site: label('Building site'),
  receipts: label('Receipts'),
  travel: label('Travel'),
  family: label('Family'),
  reading: label('Reading'),
} as const satisfies Record<string, IncomingLabel>
export type LabelTag = keyof typeof labels

/** Charsets in which people of a language wrote before UTF-8, and some still do. */
export const oldCharsets: Readonly<Record<Language, Charset>> = {
  en: 'windows-1252',
  de: 'iso-8859-1',
  fr: 'iso-8859-1',
  es: 'windows-1252',
  pt: 'iso-8859-1',
  it: 'iso-8859-1',
  pl: 'iso-8859-2',
  tr: 'iso-8859-9',
  el: 'iso-8859-7',
  ru: 'koi8-r',
  uk: 'windows-1251',
  ja: 'iso-2022-jp',
  zh: 'gb18030',
  ko: 'euc-kr',
  ar: 'windows-1256',
  he: 'windows-1255',
  hi: 'utf-8',
}
