import type { Dice } from '../dice.ts'
import { entries } from '../words/fill.ts'
import type { Person } from '../world.ts'

const lists = [
  ['timber-dev', 'Open timber engineering'],
  ['nachbarn', 'Neighbours of the Ostertor'],
  ['kantorei', 'Choir of St Remberti'],
] as const

export const mailingLists = lists.map(([name, title]) => ({
  name,
  title,
  id: `${name}.lists.example`,
  address: { name: '', email: `${name}@lists.example` },
}))

const firstNames = entries(
  `Ada|Bruno|Chiara|Dmitri|Esther|Farid|Grace|Hugo|Imani|Jens|Katja|Lars|Mei|Noor|Oskar|Paula|Quentin|Rosa|Sven|Tariq
  Ulla|Viktor|Wanda|Ximena|Yusuf|Zoe|Anselm|Birgit|Conor|Dagny|Emre|Frida|Gustavo|Hana|Ivo|Jelena|Klaus|Lucia|Mateo|Nils`,
)
const lastNames = entries(
  `Abel|Bakker|Costa|Diaz|Engel|Fischer|Grau|Holm|Ito|Jansen|Kowalski|Larsen|Moreau|Novak|Olsen|Pereira|Quist|Rossi
  Schmid|Tanaka|Ueda|Vargas|Weiss|Xu|Ylmaz|Zimmer|Acheampong|Bergström|Castellanos|Dubois|Eriksen|Farrell|Ghosh|Hakimi`,
)

/** Somebody of a thousand who write to lists; the same name has the same address. */
export function subscriber(dice: Dice): Person {
  const first = dice.pick(firstNames)
  const last = dice.pick(lastNames)
  const local = `${first}.${last}`
    .toLowerCase()
    .normalize('NFD')
    .replace(/[^a-z.]/g, '')
  return {
    name: `${first} ${last}`,
    email: `${local}@posthorn.example`,
    zone: { minutes: dice.pick([-480, -300, 0, 60, 60, 120, 330, 540]), hasSummer: false },
    language: 'en',
  }
}
