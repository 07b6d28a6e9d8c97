import { codesIn } from '#gate/content/codes.ts'
import { hasSecret } from '#gate/content/secrets.ts'

/** What texts give away by their words. Every pattern is bounded, so that no text makes the search slow. */
const textCharactersMax = 1_000_000

const attachmentWords =
  /\b(?:attached|attaching|attachments?|enclosed|enclosures?|i(?:'ve| have) attached|im anhang|anbei|angehängt\w*|beigefügt\w*|beiliegend\w*|in der anlage|ci-joint\w*|pi[èe]ces? jointes?|en pi[èe]ce jointe|adjunt[oa]s?|allegat[oaie]|em anexo|anexad[oa]s?|bijgevoegd\w*|bijlagen?|w załączeniu|załącznik\w*|bifogad\w*|vedhæftet|liitteenä|ekte)(?![\p{L}\p{N}])|во вложении|прикреп\w*|添付|附件|첨부/iu
/** Words that take it back: "no attachment", "not attached". */
const denied = /\b(?:no|not|without|kein\w*|ohne|sans|sin|senza|sem)\s+(?:the\s+|an?\s+)?$/iu

export function attachmentWord(own: string): string | undefined {
  const text = own.slice(0, textCharactersMax)
  const found = attachmentWords.exec(text)
  if (found === null || denied.test(text.slice(Math.max(0, found.index - 20), found.index))) return undefined
  return found[0].trim()
}

export function placeholder(text: string): string | undefined {
  return /\{\{\s{0,4}[\p{L}_][\p{L}\p{N}_. -]{0,40}\}\}|\[(?:NAME|YOUR NAME|DATE|COMPANY|INSERT [A-Z ]{1,30}|TODO|TBD)\]|<(?:name|first ?name|company)>/u.exec(
    text.slice(0, textCharactersMax),
  )?.[0]
}

const ownPasswords =
  /\b(?:password|passwort|kennwort|passphrase|contraseña|mot de passe|senha|wachtwoord)\s{0,3}(?::|=|\bis\b|\bist\b|\best\b)\s{0,3}(?=\S{0,63}[\d!-/:-@[-`{-~])(?!\S{0,20}\?)\S{6,64}/iu

export function holdsSecret(text: string): boolean {
  return hasSecret(text) || ownPasswords.test(text.slice(0, textCharactersMax))
}

/** Names under which private keys lie. */
export function isKeyFile(name: string): boolean {
  return /^(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.env(?:\.\w+)?|\.netrc|\.pgpass|credentials|secrets?\.(?:toml|json|ya?ml))$|\.(?:pem|key|p12|pfx|kdbx|ppk|keystore|jks)$/i.test(
    name,
  )
}

const codeNear =
  /\b(?:verification|security|login|sign-?in|one-?time|otp|2fa|confirmation|bestätigungs|sicherheits)\s?-?\s?(?:code|passcode|password|pin|kennwort)?\b[^\n]{0,60}?(?<![\w-])(\d{3}[ -]?\d{3}|\d{4,8})(?![\w-])|(?<![\w-])(\d{3}[ -]?\d{3}|\d{4,8})(?![\w-])\s(?:is|ist)\s(?:your|ihr|dein)\b[^\n]{0,40}\b(?:code|pin|passcode)/iu

/** Stricter than what the gate holds an agent for: a person writes numbers for many good reasons. */
export function holdsOneTimeCode(text: string): boolean {
  const looked = text.slice(0, textCharactersMax)
  const found = looked.split('\n').find(line => line.length < 2000 && codeNear.test(line))
  return found !== undefined && codesIn(found).size > 0
}

/** A card number whose check digit is right, or a US social security number. */
export function personalData(text: string): 'card number' | 'social security number' | undefined {
  const looked = text.slice(0, textCharactersMax)
  for (const [match] of looked.matchAll(
    /(?<![\d-])(?:3[47]\d{2}|4\d{3}|5[1-5]\d{2}|6(?:011|5\d{2})|2[2-7]\d{2})(?:[ -]?\d{2,6}){2,4}(?![\d-])/g,
  )) {
    const digits = match.replace(/[ -]/g, '')
    if (digits.length >= 13 && digits.length <= 19 && isLuhn(digits)) return 'card number'
  }
  return /(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/.test(looked)
    ? 'social security number'
    : undefined
}

function isLuhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i])
    const value = i % 2 === 0 ? digit : digit * 2
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0
}

const several =
  /^(?:all|both|everyone|everybody|team|folks|there|guys|friends|colleagues|alle|zusammen|beide|team|tous|todos|tutti)$/iu

/** The one whom the first line greets: `Hi Ann,`. */
export function greetedName(own: string): string | undefined {
  const first = own.trimStart().split('\n', 1)[0] ?? ''
  const found =
    /^(?:hi|hello|hey|dear|hallo|liebe[rs]?|lieber|guten tag|moin|bonjour|salut|ch[èe]re?|hola|querid[oa]|ciao|car[oa])\s+(?:(?:mr|mrs|ms|dr|herr|frau)\.?\s+)?([\p{Lu}][\p{L}'-]{1,30})\s*[,!:.]?\s*$/iu.exec(
      first,
    )
  const name = found?.[1]
  return name === undefined || several.test(name) ? undefined : name
}
