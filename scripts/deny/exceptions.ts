import type { Diagnostic } from '../gate/diagnostic.ts'
import { error } from '../gate/diagnostic.ts'
import type { LockEntry } from '../gate/lockfile.ts'

/** Remembers which exceptions of a policy were needed, so that the others can be named. */
export class Exceptions {
  readonly #used = new Set<object>()

  /** True when an exception fits; every one that fits counts as used. */
  excuses<T extends object>(list: readonly T[], fits: (exception: T) => boolean): boolean {
    return this.find(list, fits) !== undefined
  }

  /** The first exception that fits; every one that fits counts as used. */
  find<T extends object>(list: readonly T[], fits: (exception: T) => boolean): T | undefined {
    const fitting = list.filter(fits)
    for (const exception of fitting) this.#used.add(exception)
    return fitting[0]
  }

  /** A finding for each exception of a list that excused nothing. */
  unused(section: string, list: readonly object[]): Diagnostic[] {
    return [...list.entries()]
      .filter(([, exception]) => !this.#used.has(exception))
      .map(([index, exception]) =>
        error('unused-exception', `${section}[${index}] excuses nothing: ${describe(exception)}`, {
          file: 'deny.json',
          next: 'delete it; it would let the next one in unseen',
        }),
      )
  }
}

/** Does `name`, `name@version` or `@scope/*` mean this package? */
export function isAbout(pattern: string, entry: LockEntry): boolean {
  const at = pattern.lastIndexOf('@')
  const name = at > 0 ? pattern.slice(0, at) : pattern
  if (at > 0 && pattern.slice(at + 1) !== entry.version) return false
  const own = entry.publishedAs ?? entry.name
  return name.includes('*') ? matchesGlob(name, own) : name === own
}

/** `*` stands for any characters but a slash. */
export function matchesGlob(pattern: string, text: string): boolean {
  const source = pattern.split('*').map(RegExp.escape).join('[^/]*')
  return new RegExp(`^${source}$`).test(text)
}

function describe(exception: object): string {
  const { reason: _, ...rest } = { reason: '', ...exception }
  return JSON.stringify(rest)
}
