const headLengthMax = 8 * 1024
const commonTags =
  /<(?:a|b|br|center|div|font|h[1-6]|hr|i|img|li|ol|p|span|strong|style|table|tbody|td|th|tr|u|ul)[\s/>]/gi

/** Whether what came as plain text is HTML: some programs label it so (mail-13 §2). */
export function looksLikeHtml(text: string): boolean {
  if (!text.includes('<')) return false
  const head = text.slice(0, headLengthMax).trimStart()
  if (/^<(?:!doctype html|html|head|body|table|div|p|span|font|style|meta|center)[\s/>]/i.test(head)) return true
  return /^<!--/.test(head) && (head.match(commonTags)?.length ?? 0) >= 2
}
