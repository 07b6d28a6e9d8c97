export { indexText } from './html/index-text.ts'
import { indexText } from './html/index-text.ts'
export function htmlToText(html: string): string { return indexText(html).text }
export function looksLikeHtml(_text: string): boolean { return false }
