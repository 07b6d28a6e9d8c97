import { stripped } from '#base/printable.ts'

/**
 * Text that a stranger wrote, on its way to a model (R-02-40, 41). Marks of a nonce that is drawn anew for each call
 * stand around it: what stands between them is data, and nobody who wrote it could know the nonce. Characters that
 * are not seen, or that turn what is seen around, are gone.
 */
export class Fence {
  readonly #nonce: string

  constructor(random: (bytes: number) => Uint8Array) {
    const bytes = random(8)
    if (bytes.length !== 8) throw new Error('the random source gave too little')
    this.#nonce = Buffer.from(bytes).toString('hex')
  }

  text(text: string): Untrusted {
    const open = `<<untrusted ${this.#nonce}>>`
    const close = `<</untrusted ${this.#nonce}>>`
    return { untrusted: true, text: `${open}\n${clean(text)}\n${close}` }
  }

  get nonce(): string {
    return this.#nonce
  }
}

export interface Untrusted {
  readonly untrusted: true
  readonly text: string
}

/** A name or a subject in a list: one line, no marks; the list says that it is data. */
export function line(text: string, charactersMax = 300): string {
  const flat = clean(text).replace(/\s+/gu, ' ').trim()
  return flat.length <= charactersMax ? flat : `${flat.slice(0, charactersMax)}…`
}

/** Joiners between letters of scripts that need none hide words from whoever compares. */
const needlessJoiner = /(?<=[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}])[\u200c\u200d]/gu

function clean(text: string): string {
  return stripped(text).replace(needlessJoiner, '')
}
