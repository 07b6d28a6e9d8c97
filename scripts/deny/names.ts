import { editDistance } from '#base/nearest.ts'
import { type Diagnostic, error } from '../gate/diagnostic.ts'
import { isAbout } from './exceptions.ts'
import { about, type Tree } from './tree.ts'

/**
 * Names that a reader would take for another one. A typo, a swapped separator or a look-alike letter is
 * how a stranger's package gets installed in place of the one that was meant.
 */
export type Resemblance = 'separators' | 'letters that look alike' | 'one letter'

export interface LookAlike {
  readonly resembles: string
  readonly by: Resemblance
}

/** The popular name that `name` could be taken for, if any. A popular name resembles nothing. */
export function lookAlike(name: string, popular: PopularNames, editLengthMin: number): LookAlike | undefined {
  if (popular.names.has(name)) return undefined
  if (/[^\x21-\x7e]/.test(name)) return { resembles: skeleton(name), by: 'letters that look alike' }
  const squashed = popular.bySquash.get(squash(name))?.find(other => !sameScope(name, other))
  if (squashed !== undefined) return { resembles: squashed, by: 'separators' }
  const drawn = popular.bySkeleton.get(skeleton(name))?.find(other => !sameScope(name, other))
  if (drawn !== undefined) return { resembles: drawn, by: 'letters that look alike' }
  for (let length = name.length - 1; length <= name.length + 1; length++) {
    if (Math.min(length, name.length) < editLengthMin) continue
    const close = popular.byLength
      .get(length)
      ?.find(other => !sameScope(name, other) && editDistance(name, other) === 1)
    if (close !== undefined) return { resembles: close, by: 'one letter' }
  }
  return undefined
}

export interface PopularNames {
  readonly names: ReadonlySet<string>
  readonly bySquash: ReadonlyMap<string, string[]>
  readonly bySkeleton: ReadonlyMap<string, string[]>
  readonly byLength: ReadonlyMap<number, string[]>
}

/** The popular names from a text with one on each line; lines that start with `//` are remarks. */
export function popularNames(text: string): PopularNames {
  const lines = text.split('\n').map(line => line.trim())
  const names = lines.filter(line => line !== '' && !line.startsWith('//'))
  return {
    names: new Set(names),
    bySquash: Map.groupBy(names, squash),
    bySkeleton: Map.groupBy(names, skeleton),
    byLength: Map.groupBy(names, name => name.length),
  }
}

export function checkNames(tree: Tree, popular: PopularNames): Diagnostic[] {
  const { editLengthMin, exceptions, renamed } = tree.policy.names
  return tree.packages.flatMap(located => {
    const { entry } = located
    if (!entry.path.includes('node_modules/')) return []
    const findings: Diagnostic[] = []
    if (entry.publishedAs !== undefined && !entry.link) {
      const excused = tree.exceptions.excuses(renamed, exception => isAbout(exception.package, entry))
      if (!excused) findings.push(error('renamed-package', `installed as ${entry.name}`, about(located)))
    }
    const found = lookAlike(entry.publishedAs ?? entry.name, popular, editLengthMin)
    if (found === undefined) return findings
    const excused = tree.exceptions.excuses(exceptions, exception => {
      return isAbout(exception.package, entry) && exception.resembles === found.resembles
    })
    if (!excused) findings.push(error('look-alike-name', `resembles ${found.resembles} by ${found.by}`, about(located)))
    return findings
  })
}

/** One publisher owns a scope, so names within it cannot be squatted by another. */
function sameScope(a: string, b: string): boolean {
  return a.startsWith('@') && a.slice(0, a.indexOf('/')) === b.slice(0, Math.max(0, b.indexOf('/')))
}

function squash(name: string): string {
  return name.toLowerCase().replace(/[-_.@/]/g, '')
}

/** A name as a hasty eye sees it: without accents, with letters of other scripts and digits as Latin letters. */
function skeleton(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const drawn = [...plain].map(letter => confusables.get(letter) ?? letter).join('')
  return squash(drawn.replaceAll('rn', 'm').replaceAll('vv', 'w').replaceAll('cl', 'd'))
}

const confusables = new Map<string, string>([
  ...Object.entries({ '0': 'o', '1': 'l', i: 'l', '3': 'e', '5': 's', '|': 'l' }),
  // Cyrillic.
  ...Object.entries({
    а: 'a',
    е: 'e',
    о: 'o',
    р: 'p',
    с: 'c',
    у: 'y',
    х: 'x',
    і: 'l',
    ј: 'j',
    ѕ: 's',
    ԁ: 'd',
    ԛ: 'q',
    ԝ: 'w',
    һ: 'h',
    ь: 'b',
    к: 'k',
    т: 't',
    м: 'm',
    в: 'b',
    н: 'h',
    г: 'r',
  }),
  // Greek.
  ...Object.entries({
    α: 'a',
    ο: 'o',
    ρ: 'p',
    ν: 'v',
    τ: 't',
    υ: 'u',
    ι: 'l',
    κ: 'k',
    ε: 'e',
    χ: 'x',
    η: 'n',
    γ: 'y',
    ω: 'w',
  }),
  // Armenian, Latin extensions.
  ...Object.entries({ օ: 'o', ո: 'n', ս: 'u', ı: 'l', ɑ: 'a', ɡ: 'g', ⅼ: 'l', ſ: 's', ł: 'l', ø: 'o' }),
])
