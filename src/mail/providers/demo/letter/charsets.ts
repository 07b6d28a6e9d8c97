import { utf8Bytes } from './encode.ts'

/** Charsets that people's programs used before UTF-8; Node can only decode them, so the tables are turned around. */
export type OldCharset =
  | 'iso-8859-1'
  | 'windows-1252'
  | 'iso-8859-2'
  | 'koi8-r'
  | 'windows-1251'
  | 'windows-1256'
  | 'windows-1255'
  | 'iso-8859-7'
  | 'iso-8859-9'
  | 'shift_jis'
  | 'iso-2022-jp'
  | 'gb18030'
  | 'big5'
  | 'euc-kr'
export type Charset = 'utf-8' | OldCharset

/** Text to a binary string. What the charset does not know becomes a question mark, as it did in those days. */
export function encodeIn(charset: Charset, text: string): string {
  if (charset === 'utf-8') return utf8Bytes(text)
  if (charset === 'iso-2022-jp') return encodeJis(text)
  const table = tableOf(charset)
  let out = ''
  for (const character of text) {
    out += (character.codePointAt(0) ?? 0) < 0x80 ? character : (table.get(character) ?? '?')
  }
  return out
}

/** RFC 1468: two bytes of JIS X 0208, which are those of EUC-JP without their high bits, between escapes. */
function encodeJis(text: string): string {
  const table = tableOf('euc-jp')
  let out = ''
  let isDouble = false
  for (const character of text) {
    const bytes = table.get(character)
    const wantsDouble = bytes?.length === 2
    if (wantsDouble !== isDouble) {
      out += wantsDouble ? '\x1b$B' : '\x1b(B'
      isDouble = wantsDouble
    }
    if (bytes === undefined || !wantsDouble) out += (character.codePointAt(0) ?? 0) < 0x80 ? character : '?'
    else out += String.fromCharCode(bytes.charCodeAt(0) & 0x7f, bytes.charCodeAt(1) & 0x7f)
  }
  return isDouble ? `${out}\x1b(B` : out
}

const tables = new Map<string, ReadonlyMap<string, string>>()
const doubleByte = ['shift_jis', 'gb18030', 'big5', 'euc-kr', 'euc-jp']

function tableOf(label: string): ReadonlyMap<string, string> {
  const known = tables.get(label)
  if (known !== undefined) return known
  const decoder = new TextDecoder(label)
  const table = new Map<string, string>()
  const learn = (...bytes: number[]) => {
    const text = decoder.decode(Uint8Array.from(bytes))
    if (!text.includes('\ufffd') && [...text].length === 1 && !table.has(text)) {
      table.set(text, String.fromCharCode(...bytes))
    }
  }
  for (let byte = 0x80; byte <= 0xff; byte++) learn(byte)
  if (doubleByte.includes(label)) {
    for (let lead = 0x81; lead <= 0xfe; lead++) for (let trail = 0x40; trail <= 0xfe; trail++) learn(lead, trail)
  }
  tables.set(label, table)
  return table
}
