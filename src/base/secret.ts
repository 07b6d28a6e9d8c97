import { inspect } from 'node:util'

const shown = '[secret]'

/**
 * A password on its way from where it is kept to the connection that needs it. Whatever prints, logs, inspects, joins
 * or serialises it gets a placeholder; only `reveal()` gives the text, so that a search for that word finds every
 * place that can leak one.
 */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself: for the call that hands it to a server or a keychain, and nothing else. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return shown
  }

  toJSON(): string {
    return shown
  }

  [Symbol.toPrimitive](): string {
    return shown
  }

  [inspect.custom](): string {
    return shown
  }
}

export const secretCharactersMax = 4096

/** Passwords are one line: what a person typed, a file held or a command printed, without its line break. */
export function secretFrom(text: string): Secret | undefined {
  const line = text.replace(/\r?\n$/, '')
  if (line === '' || line.length > secretCharactersMax || /[\x00\r\n]/.test(line)) return undefined
  return new Secret(line)
}
