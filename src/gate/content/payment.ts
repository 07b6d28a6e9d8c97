/**
 * Payment details: where money is asked to go. An IBAN counts only when its check digits are right (ISO 13616), a card
 * number only when Luhn's sum is, so that an order number does not.
 */
const iban = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g
const card = /(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)/g
const wallet = /\b(?:bc1[a-z0-9]{25,60}|0x[a-fA-F0-9]{40}|[13][a-km-zA-HJ-NP-Z1-9]{25,34})\b/
const demand =
  /\b(?:wire|transfer|pay|remit|send|überweis\w{0,4}|virement|transferencia|bonifico)\b[^\n]{0,80}(?:[$€£¥]\s?\d|\d\s?(?:€|EUR|USD|GBP|CHF))|\bIBAN\b\s{0,4}:?\s{0,4}[A-Z0-9]{6,34}/i
const textLengthMax = 500_000

export function hasPaymentDetails(text: string): boolean {
  const looked = text.slice(0, textLengthMax)
  if (demand.test(looked) || wallet.test(looked)) return true
  if (looked.matchAll(iban).some(([match]) => isIban(match.replaceAll(' ', '')))) return true
  return looked.matchAll(card).some(([match]) => isCard(match.replace(/[ -]/g, '')))
}

function isIban(text: string): boolean {
  if (text.length < 15 || text.length > 34) return false
  let rest = 0
  for (const character of text.slice(4) + text.slice(0, 4)) {
    const value = Number.parseInt(character, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1
}

function isCard(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i])
    const doubled = i % 2 === 0 ? digit : digit * 2
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
