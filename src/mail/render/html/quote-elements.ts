import type { HtmlElement } from './tree.ts'

/** Containers that mail programs put a quoted message into. */
const quoteClasses =
  /(?:^|\s)(?:x_)?(?:gmail_quote(?:_container)?|gmail_extra|yahoo_quoted|protonmail_quote|tutanota_quote|zmail_extra|moz-forward-container|mail-quote|quoted-mail|WordSection1_quoted|iCloudQuote|mailru-blockquote|js-helper-quote|cremail_quote|blockquote-gmail)(?:\s|$)/i
const attributionClasses =
  /(?:^|\s)(?:moz-cite-prefix|gmail_attr|protonmail_signature_block-quote|yahoo-quoted-begin)(?:\s|$)/i

/** Whether everything in the element is what the sender quotes. An attribution line belongs to the quote. */
export function isQuoteElement(element: HtmlElement): boolean {
  const classes = element.attributes.get('class') ?? ''
  if (attributionClasses.test(classes)) return true
  if (quoteClasses.test(classes)) return !isForward(element)
  if (element.info.name !== 'blockquote') return false
  return /^cite$/i.test(element.attributes.get('type') ?? '') || element.attributes.has('cite')
}

/** Header blocks that Outlook puts before what it quotes, as a sibling of it. */
export function startsQuote(element: HtmlElement): boolean {
  const id = element.attributes.get('id') ?? ''
  if (/^(?:x_)?(?:divRplyFwdMsg|appendonsend|mail-editor-reference-message-container)$/i.test(id)) return true
  if (element.info.name !== 'div') return false
  const style = element.attributes.get('style') ?? ''
  return (
    /border-top:\s*solid\s+#(?:e1e1e1|b5c4df)\s+1(?:\.0)?pt/i.test(style) ||
    /border:\s*none;\s*border-top:\s*solid\s+#?\w+\s+1\.0pt/i.test(style)
  )
}

const forwardLookMax = 300

/** A forwarded message is what the sender wants to be read. */
function isForward(element: HtmlElement): boolean {
  return /^\W*-{5,}\s*Forwarded message/i.test(beginning(element, forwardLookMax))
}

function beginning(element: HtmlElement, charsMax: number): string {
  let text = ''
  for (const child of element.children) {
    text += typeof child === 'string' ? child : beginning(child, charsMax - text.length)
    if (text.length >= charsMax) break
  }
  return text.trimStart()
}
