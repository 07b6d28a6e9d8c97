const destinationLengthMax = 2000

/**
 * The destination of a link if it may be shown as one: http, https, mailto or tel, with nothing in it that could end
 * the link or a line early. Anything else (javascript, data, file, a fragment) is no destination.
 */
export function destinationOf(href: string | undefined): string | undefined {
  const trimmed = (href ?? '').replace(/[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+/g, '')
  if (trimmed.length > destinationLengthMax || !/^(?:https?:\/\/|mailto:|tel:)./i.test(trimmed)) return undefined
  return trimmed.replace(/[()<>\\"'`[\]]/g, character => encodeURIComponent(character).replace(/[()']/g, percent))
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/** Whether the text of a link is its destination: then the destination is not repeated. */
export function sameAddress(text: string, destination: string): boolean {
  const plain = (value: string): string =>
    value
      .replace(/^(?:https?:\/\/|mailto:|tel:)/i, '')
      .replace(/\/$/, '')
      .toLowerCase()
  return plain(text.replace(/\\(.)/g, '$1')) === plain(destination)
}

/** Who a link leads to, in the form in which look-alikes show: punycode for foreign letters. */
export function hostOf(destination: string): string {
  const mail = /^mailto:(?:[^@?]*@)?([^?]*)/i.exec(destination)
  if (mail !== null) return mail[1] ?? ''
  try {
    return new URL(destination).host
  } catch {
    return 'no valid address'
  }
}
