/** Charsets that TextDecoder does not have and that charset/seven-bit.ts and charset/code-page.ts decode. */
export type OwnCharset = 'utf-7' | 'hz-gb-2312' | 'iso-2022-kr' | 'ibm437' | 'ibm850' | 'utf-32le' | 'utf-32be'

/** Names found in mail that the WHATWG list of labels lacks. */
const otherNames: Readonly<Record<string, string>> = {
  'utf-7': 'utf-7',
  utf7: 'utf-7',
  'unicode-1-1-utf-7': 'utf-7',
  'hz-gb-2312': 'hz-gb-2312',
  hz: 'hz-gb-2312',
  'iso-2022-kr': 'iso-2022-kr',
  csiso2022kr: 'iso-2022-kr',
  cp437: 'ibm437',
  ibm437: 'ibm437',
  cp850: 'ibm850',
  ibm850: 'ibm850',
  'utf-32': 'utf-32le',
  'utf-32le': 'utf-32le',
  'utf-32be': 'utf-32be',
  cp932: 'shift_jis',
  'x-ms-cp932': 'shift_jis',
  cswindows31j: 'shift_jis',
  'iso-2022-jp-1': 'iso-2022-jp',
  'iso-2022-jp-2': 'iso-2022-jp',
  'iso-2022-jp-3': 'iso-2022-jp',
  'iso-2022-jp-ms': 'iso-2022-jp',
  cp50220: 'iso-2022-jp',
  cp50221: 'iso-2022-jp',
  cp50222: 'iso-2022-jp',
  cp949: 'euc-kr',
  uhc: 'euc-kr',
  ks_c_5601: 'euc-kr',
  cp936: 'gbk',
  'x-gbk': 'gbk',
  gb_2312: 'gbk',
  cp950: 'big5',
  '646': 'windows-1252',
  'latin-1': 'windows-1252',
  'iso-8859-1:1987': 'windows-1252',
  'x-mac-roman': 'macintosh',
  'x-roman8': 'windows-1252',
  'hp-roman8': 'windows-1252',
  ansi: 'windows-1252',
  'x-ansi': 'windows-1252',
  default: 'windows-1252',
}

const cache = new Map<string, string | undefined>()
const cacheMax = 500
const labelLengthMax = 64

/** The charset that a label names, as TextDecoder or `OwnCharset` call it; undefined for one that nobody knows. */
export function charsetNamed(label: string): string | undefined {
  if (label.length > labelLengthMax) return undefined
  const known = cache.get(label)
  if (known !== undefined || cache.has(label)) return known
  const found = lookUp(label)
  if (cache.size < cacheMax) cache.set(label, found)
  return found
}

function lookUp(label: string): string | undefined {
  const name =
    label
      .trim()
      .toLowerCase()
      .replace(/^["']+|["']+$/g, '')
      .split('*')[0] ?? ''
  return other(name) ?? whatwg(name) ?? repaired(name)
}

function other(name: string): string | undefined {
  return Object.hasOwn(otherNames, name) ? otherNames[name] : undefined
}

function whatwg(name: string): string | undefined {
  try {
    return new TextDecoder(name).encoding
  } catch {
    return undefined
  }
}

/** `cp-1252`, `win-1251`, `windows1251`, `windows_1252`, `iso-8859_2`, `utf_8`, `x-utf-8`. */
function repaired(name: string): string | undefined {
  const windows = /^(?:x-)?(?:cp|win|windows|ms|ansi)[-_ ]?(125[0-8]|874)$/.exec(name)
  if (windows !== null) return whatwg(`windows-${windows[1]}`)
  const latin = /^(?:x-)?iso[-_ ]?8859[-_ ]?(\d{1,2})(?:-[ie])?$/.exec(name)
  if (latin !== null) return whatwg(`iso-8859-${latin[1]}`)
  if (/^(?:x-|unicode-)?utf[-_ ]?8(?:-.*)?$/.test(name)) return 'utf-8'
  return name.includes('_') ? (other(name.replaceAll('_', '-')) ?? whatwg(name.replaceAll('_', '-'))) : undefined
}
