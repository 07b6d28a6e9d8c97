import { lazily } from '#base/lazily.ts'
import { termsOf } from './words.ts'

/**
 * Words that mean much the same, and kinds with what belongs to them. A question names the kind (`what pets has she`),
 * what was told names the thing (`our puppy`); no stem leads from one to the other. Everyday English, kept short: what
 * is missing costs a rank, what is wrong would too.
 */
const alike = [
  'child kid son daughter toddler',
  'wife husband spouse partner girlfriend boyfriend fiance',
  'married wedding engaged wife husband',
  'parent mother father',
  'sibling brother sister',
  'pet dog cat puppy kitten',
  'job work career position employment profession',
  'movie film cinema',
  'picture painting drawing artwork',
  'car vehicle auto',
  'doctor hospital clinic medical physician',
  'vacation trip travel holiday getaway',
  'house home apartment flat',
  'company firm business startup',
  'buy purchase order',
  'money cost price budget',
  'gift present',
  'food meal dish recipe',
  'sick ill illness disease',
  'happy glad joy',
  'afraid scared fear',
  'friend buddy',
  'meeting appointment call',
  'store shop',
  'school college university',
  'bike bicycle cycling',
  'begin start',
  'finish complete end',
  'like love enjoy favorite',
  'stress relax calm unwind',
  'talk conversation discuss chat',
  'problem issue trouble challenge',
  'injury hurt injured accident',
  'exam test',
  'team club',
  'prize award trophy medal',
  'computer laptop',
  'phone mobile smartphone',
]
const kinds: Readonly<Record<string, string>> = {
  relationship: 'married single husband wife partner boyfriend girlfriend dating divorced breakup',
  family:
    'mother father brother sister son daughter kid parent cousin aunt uncle grandma grandmother grandfather niece nephew',
  pet: 'dog cat puppy kitten hamster rabbit turtle fish bird parrot guinea',
  activity:
    'hiking camping swimming painting running dancing yoga cooking reading gardening fishing cycling climbing surfing skiing pottery photography museum',
  hobby:
    'painting photography gardening cooking reading music guitar piano fishing chess knitting writing hiking dancing gaming',
  exercise: 'gym yoga running workout swimming cycling boxing kickboxing taekwondo weights training pilates jog',
  sport: 'basketball football soccer tennis baseball hockey volleyball golf swimming running',
  instrument: 'piano guitar violin drum clarinet flute saxophone cello trumpet keyboard',
  music: 'song band concert jazz rock classical album singer playlist',
  band: 'concert song music',
  food: 'pizza pasta salad chicken soup cake bread vegetable fruit cheese rice curry burger',
  dessert: 'cake ice cream cookie pie chocolate brownie',
  recipe: 'cake soup salad cookie pie pasta bake cook',
  drink: 'coffee tea wine beer juice water smoothie',
  allergy: 'allergic peanut dairy nut gluten pollen',
  health: 'doctor hospital weight diet illness pain blood sleep',
  place: 'city country park beach mountain museum restaurant',
  country:
    'germany france spain italy japan canada mexico england ireland sweden norway brazil india china australia portugal greece thailand',
  city: 'london paris tokyo york boston chicago seattle toronto rome barcelona berlin',
  state: 'california florida texas michigan minnesota oregon washington carolina tennessee',
  travel: 'flight plane airport hotel tour visited',
  outdoor: 'hiking camping park nature beach mountain trail lake forest',
  animal: 'dog cat horse bird turtle',
  book: 'novel author read story series chapter',
  game: 'xbox nintendo playstation console chess strategy multiplayer',
  holiday: 'christmas thanksgiving easter halloween',
  season: 'summer winter spring autumn',
  summer: 'june july august',
  winter: 'december january february',
  degree: 'university graduate college study major',
  religion: 'church faith prayer god',
  religious: 'church faith prayer god',
  political: 'vote election politician campaign rights',
  volunteer: 'shelter charity community donate homeless',
  charity: 'donate fundraiser shelter homeless',
  art: 'painting drawing sculpture canvas gallery',
  event: 'concert festival parade conference party workshop meetup',
  class: 'course lesson workshop',
  weather: 'rain snow sunny storm',
  clothes: 'dress shirt shoes jacket fashion',
  feel: 'happy sad excited nervous proud grateful anxious',
  personality: 'kind thoughtful caring driven creative',
  financial: 'money rent loan debt salary income broke',
  vehicle: 'car truck bike motorcycle',
  live: 'moved apartment house city',
  nickname: 'call',
  birthday: 'born party cake',
}

/** By term, as `termsOf` makes them: the terms that a question with it also asks for. */
const relations = lazily(() => {
  const related = new Map<string, Set<string>>()
  const relate = (from: string, to: string) => {
    if (from === to) return
    const known = related.get(from)
    if (known === undefined) related.set(from, new Set([to]))
    else known.add(to)
  }
  const terms = (words: string) => termsOf(words).map(({ text }) => text)
  for (const line of alike) {
    const group = terms(line)
    for (const from of group) for (const to of group) relate(from, to)
  }
  for (const [kind, things] of Object.entries(kinds)) {
    for (const from of terms(kind)) for (const to of terms(things)) relate(from, to)
  }
  return related
})

export function relatedTo(term: string): Iterable<string> {
  return relations().get(term) ?? []
}
