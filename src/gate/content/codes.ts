import { reduced } from './fingerprints.ts'

/**
 * One-time codes and passwords in text: a token with digits near a word that announces one. Kept as the bare letters
 * and digits, so that `463-820` and `463 820` are `463820`.
 */
const announcements =
  /\b(?:code|codes|otp|pin|passcode|password|passwort|kennwort|tan|mtan|token|verification|verify|security|2fa|login|sign[- ]in|bestätigungscode|sicherheitscode|código|contraseña|clave|mot de passe|codice|hasło|kod|wachtwoord|senha)\b|код|пароль|コード|パスワード|验证码|驗證碼|密码|인증/iu
/** Letters and digits, in at most four groups that blanks or dashes join. */
const token = /(?<![\p{L}\p{N}])[A-Za-z0-9]{2,12}(?:[ -][A-Za-z0-9]{2,6}){0,3}(?![\p{L}\p{N}])/gu
/** What follows an announcement of a password outright, letters alone included. */
const password =
  /(?:password|passcode|passphrase|passwort|kennwort|contraseña|mot de passe|senha|wachtwoord)\s*(?:is|ist|lautet|est|es|:|=)\s*:?\s*(\S{6,64})/giu
const linesMax = 20_000
const lineLengthMax = 2_000
const codesMax = 200
/** How many lines around an announcement are looked at. */
const reach = 2

export function codesIn(text: string): ReadonlySet<string> {
  const found = new Set<string>()
  const lines = text.split('\n', linesMax)
  lines.forEach((line, at) => {
    if (!announcements.test(line)) return
    for (const [, word = ''] of line.slice(0, lineLengthMax).matchAll(password)) found.add(reduced(word))
    for (const near of lines.slice(Math.max(0, at - reach), at + reach + 1)) {
      for (const code of tokensOf(near)) if (found.size < codesMax) found.add(code)
    }
  })
  return found
}

/** True when `text` has one of the codes, however it is spaced. */
export function hasCode(text: string, codes: ReadonlySet<string>): boolean {
  if (codes.size === 0) return false
  const tokens = new Set(text.split('\n', linesMax).flatMap(line => [...tokensOf(line)]))
  if (!tokens.isDisjointFrom(codes)) return true
  const run = reduced(text)
  return codes.values().some(code => run.includes(code))
}

function* tokensOf(line: string): Iterable<string> {
  for (const [match] of line.slice(0, lineLengthMax).matchAll(token)) {
    if (/^(?:19|20)\d\d-\d\d-\d\d$/.test(match)) continue
    const whole = match.replace(/[ -]/g, '').toLowerCase()
    if (isCode(whole)) yield whole
    for (const group of match.split(/[ -]/)) if (isCode(group)) yield group.toLowerCase()
  }
}

/** Four to twelve characters with at least four digits, and no year of our time. */
function isCode(value: string): boolean {
  const digits = value.replace(/\D/g, '').length
  return value.length >= 4 && value.length <= 12 && digits >= 4 && !/^(?:19|20)\d\d$/.test(value)
}
