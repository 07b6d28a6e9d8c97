import { mailboxText } from '../letter/build.ts'
import { atLeisure, atWork } from '../times.ts'
import {
  homeLists,
  homeSentences,
  homeSubjects,
  listLists,
  listSentences,
  listSubjects,
  workLists,
  workSentences,
  workSubjects,
} from '../words/english.ts'
import { fill, type Lists } from '../words/fill.ts'
import { languages } from '../words/languages.ts'
import { abroad, clients, colleagues, family, friends, me, meAtHome, oldCharsets, type Person } from '../world.ts'
import { mailingLists, subscriber } from './mailing-lists.ts'
import type { Scene, Story } from './scene.ts'
import { talk } from './talk.ts'

const officeSignature = 'Birch & Stone Architects\nAm Wall 112, 28195 Bremen\n+49 421 555 0142'

export const office: Story = scene => {
  const { dice } = scene
  return talk(scene, {
    self: me,
    others: dice.some(colleagues, dice.between(1, 4)),
    subject: subject(workSubjects, workLists, scene),
    language: 'en',
    startsAt: atWork(scene.day, me.zone, dice),
    messages: lengthOf(scene, 7),
    paragraph: () => paragraph(workSentences, workLists, scene),
    signature: officeSignature,
    fileShare: 0.14,
    ...(dice.chance(0.3) ? { tag: 'site' as const } : {}),
  })
}

export const client: Story = scene => {
  const { dice } = scene
  const other = dice.pick(clients)
  return other.language === 'en'
    ? talk(scene, {
        self: me,
        others: dice.chance(0.4) ? [other, dice.pick(colleagues)] : [other],
        subject: subject(workSubjects, workLists, scene),
        language: 'en',
        startsAt: atWork(scene.day, other.zone, dice),
        messages: lengthOf(scene, 9),
        paragraph: () => paragraph(workSentences, workLists, scene),
        signature: officeSignature,
        fileShare: 0.2,
        tag: 'clients',
      })
    : foreign(scene, other)
}

export const overseas: Story = scene => foreign(scene, scene.dice.pick(abroad))

function foreign(scene: Scene, other: Person) {
  const { dice } = scene
  const { language } = other
  const phrases = language === 'en' ? languages.de : languages[language]
  const isOld = dice.chance(0.4)
  return talk(scene, {
    self: me,
    others: [other],
    subject: fill(dice.pick(phrases.subjects), workLists, dice),
    language,
    startsAt: atWork(scene.day, other.zone, dice),
    messages: lengthOf(scene, 4),
    paragraph: () => sentences(phrases.sentences, workLists, scene, dice.between(1, 3)),
    fileShare: 0.12,
    tag: 'clients',
    ...(isOld ? { charset: oldCharsets[language] } : {}),
  })
}

export const home: Story = scene => {
  const { dice } = scene
  const others = dice.some(dice.chance(0.5) ? family : friends, dice.chance(0.75) ? 1 : 3)
  const language = others.length === 1 ? (others[0]?.language ?? 'en') : 'en'
  const phrases = language === 'en' ? undefined : languages[language]
  return talk(scene, {
    self: meAtHome,
    others,
    subject:
      phrases === undefined
        ? subject(homeSubjects, homeLists, scene)
        : fill(dice.pick(phrases.subjects), homeLists, dice),
    language,
    startsAt: atLeisure(scene.day, meAtHome.zone, dice),
    messages: lengthOf(scene, 6),
    paragraph: () =>
      phrases === undefined
        ? paragraph(homeSentences, homeLists, scene)
        : sentences(phrases.sentences, homeLists, scene, dice.between(1, 3)),
    fileShare: 0.08,
    ...(family.some(each => others.includes(each)) ? { tag: 'family' as const } : {}),
  })
}

export const mailingList: Story = scene => {
  const { dice } = scene
  const list = dice.pick(mailingLists)
  const isTechnical = list.name === 'timber-dev'
  return talk(scene, {
    self: meAtHome,
    others: Array.from({ length: dice.between(2, 6) }, () => subscriber(dice)),
    subject: isTechnical
      ? subject(listSubjects, listLists, scene)
      : `[${list.name}] ${subject(homeSubjects, homeLists, scene)}`,
    language: 'en',
    startsAt: atLeisure(scene.day, meAtHome.zone, dice),
    messages: lengthOf(scene, 10),
    paragraph: () =>
      isTechnical ? paragraph(listSentences, listLists, scene) : paragraph(homeSentences, homeLists, scene),
    list: {
      address: list.address,
      fields: [
        `List-Id: ${mailboxText({ name: list.title, email: list.id })}`,
        `List-Post: <mailto:${list.address.email}>`,
        `List-Unsubscribe: <mailto:${list.name}-leave@lists.example>`,
        'Precedence: list',
      ],
    },
    tag: 'reading',
  })
}

/** Most talks are short; a few go on for long. */
function lengthOf({ dice }: Scene, usual: number): number {
  return dice.chance(0.06) ? usual + dice.between(6, 24) : 1 + Math.floor(dice.next() * dice.next() * usual * 2)
}

function subject(templates: readonly string[], lists: Lists, { dice }: Scene): string {
  const text = fill(dice.pick(templates), lists, dice)
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function paragraph(templates: readonly string[], lists: Lists, scene: Scene): string {
  return sentences(templates, lists, scene, scene.dice.between(1, 4))
}

function sentences(templates: readonly string[], lists: Lists, { dice }: Scene, count: number): string {
  return dice
    .some(templates, count)
    .map(each => fill(each, lists, dice))
    .map(each => each.charAt(0).toUpperCase() + each.slice(1))
    .join(' ')
}
