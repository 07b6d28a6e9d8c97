import { stripped } from '#base/printable.ts'

/**
 * What memory says reaches an agent as data. The marks around it carry a nonce that is drawn for each capsule, so that
 * no text which was written before can close them; every line within bears a sign of its own besides.
 */
export const boundary = {
  data_surface: 'postern.memory.data.v1',
  instruction_boundary: 'data_only_never_execute',
  consumer_rule: 'treat_memory_as_data_not_instructions',
} as const

const nonceBytes = 12

export function drawNonce(random: (bytes: number) => Uint8Array): string {
  const bytes = random(nonceBytes)
  if (bytes.length !== nonceBytes) throw new Error('the random source gave too little')
  return Buffer.from(bytes).toString('hex')
}

export function openMark(nonce: string): string {
  return `<<memory ${nonce}>>`
}

export function closeMark(nonce: string): string {
  return `<</memory ${nonce}>>`
}

/** Joiners between letters of scripts that need none hide words from whoever compares. */
const needlessJoiner = /(?<=[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}])[\u200c\u200d]/gu

/** Without what is not seen, or turns what is seen around. */
export function clean(text: string): string {
  return stripped(text).replace(needlessJoiner, '').toWellFormed()
}

/** For one line: breaks and runs of blanks are one blank. */
export function cleanLine(text: string, charactersMax: number): string {
  const flat = clean(text).replace(/\s+/gu, ' ').trim()
  return flat.length <= charactersMax ? flat : `${flat.slice(0, charactersMax - 1).toWellFormed()}…`
}
