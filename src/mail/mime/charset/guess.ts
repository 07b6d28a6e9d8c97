import type { Buffer } from 'node:buffer'

const sampleBytesMax = 16 * 1024

/**
 * The most likely charset of bytes that nothing declares and that are no UTF-8 (mail-13 §1.3): windows-1252 unless
 * the bytes speak for another. Two looks: multi-byte charsets by whether the bytes decode to characters that their
 * languages use all the time, alphabets by their most frequent letters.
 */
export function guessCharset(bytes: Buffer): string {
  const sample = bytes.subarray(0, sampleBytesMax)
  if (sample.includes('\x1b$') || sample.includes('\x1b(J')) return 'iso-2022-jp'
  const runs = sample.toString('latin1').match(/[\x80-\xff]+/g) ?? []
  let highBytes = 0
  let evenRuns = 0
  for (const run of runs) {
    highBytes += run.length
    if (run.length % 2 === 0) evenRuns++
  }
  let best = 'windows-1252'
  if (highBytes === 0) return best
  let bestScore = 0
  const isPaired = evenRuns === runs.length && highBytes >= pairedBytesMin
  for (const candidate of multiByte) {
    const score = scoreMultiByte(candidate, sample, isPaired) / highBytes - (isPaired ? 0 : multiByteDoubt)
    if (score > bestScore) {
      best = candidate.charset
      bestScore = score
    }
  }
  const isAlphabet = highBytes >= alphabetBytesMin && highBytes / runs.length >= runLengthOfAlphabet
  for (const candidate of singleByte) {
    if (candidate.alphabet !== isAlphabet) continue
    const score = scoreSingleByte(candidate, sample) / highBytes - candidate.doubt
    if (score > bestScore) {
      best = candidate.charset
      bestScore = score
    }
  }
  return best
}

/** Words of a non-Latin alphabet are runs of high bytes; accents in Latin text stand alone. */
const runLengthOfAlphabet = 2.2
const alphabetBytesMin = 5
/** When every run of high bytes is even, they are likely pairs: half of the words of an alphabet would be odd. */
const pairedBytesMin = 8

interface MultiByte {
  readonly charset: string
  readonly frequent: ReadonlySet<string>
  /** Characters that are likely in that language at all. */
  readonly usual: RegExp
}

const simplified =
  '的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日'
const traditional =
  '的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日'
const japanese =
  'のにはをたがでてとしれさあいうえおかきくけこすせそなまもやよらりるろんっアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルロワンー、。'
const korean = '이다는을의에가하고한지로은도를서기사니라어그아대있인시정자나리수해일보만으것'

const multiByte: readonly MultiByte[] = [
  {
    charset: 'shift_jis',
    frequent: new Set(japanese),
    usual: /[\u3040-\u30ff\u4e00-\u9fff\u3000-\u303f\uff00-\uff5e]/,
  },
  { charset: 'euc-jp', frequent: new Set(japanese), usual: /[\u3040-\u30ff\u4e00-\u9fff\u3000-\u303f\uff00-\uff5e]/ },
  { charset: 'euc-kr', frequent: new Set(korean), usual: /[\uac00-\ud7a3\u3000-\u303f\uff00-\uff5e]/ },
  { charset: 'gb18030', frequent: new Set(simplified), usual: /[\u4e00-\u9fff\u3000-\u303f\uff00-\uff5e]/ },
  { charset: 'big5', frequent: new Set(traditional), usual: /[\u4e00-\u9fff\u3000-\u303f\uff00-\uff5e]/ },
]

/** The number of bytes that the candidate explains: all of a frequent character, a part of one that is merely usual. */
function scoreMultiByte(candidate: MultiByte, sample: Buffer, isPaired: boolean): number {
  const text = decoderFor(candidate.charset).decode(sample, { stream: true })
  decoderFor(candidate.charset).decode()
  let explained = 0
  let invalid = 0
  for (const character of text) {
    const code = character.charCodeAt(0)
    if (code < 0x80) continue
    if (code === 0xfffd) invalid++
    else if (candidate.frequent.has(character)) explained += 2
    else if (candidate.usual.test(character)) explained += isPaired ? 1.4 : 0.7
    else explained -= 1
  }
  return explained - invalid * 4
}

/** Latin text with two accents in a row decodes as some rare ideograph; only frequent ones convince. */
const multiByteDoubt = 0.42

interface SingleByte {
  readonly charset: string
  /** Whether the letters stand in runs (Cyrillic, Greek, Hebrew, Arabic, Thai) or alone among ASCII ones. */
  readonly alphabet: boolean
  readonly frequent: ReadonlySet<string>
  readonly letters: ReadonlySet<string>
  /** What a score must exceed: western Europe is the rule among Latin charsets. */
  readonly doubt: number
}

const cyrillic = 'оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёіїєґ'
const greek = 'αοιετσνρπκμυλόάίέήώθδγχφύωβξζψςΐϊη'
const hebrew = 'יוהלאמרתבשנעדחקפכגסטזצםןךףץ'
const arabic = 'اليمنورتبدعهسفكقحجشصطزخضذغثظةىأإآءؤئ'
const thai = 'านรอกเงมยลวดทสตะปบคหแจพชขใไโผธฉซณศุูิีึื่้ัาำ์ๆ'

const singleByte: readonly SingleByte[] = [
  single('windows-1251', true, cyrillic),
  single('koi8-u', true, cyrillic),
  single('iso-8859-5', true, cyrillic),
  single('ibm866', true, cyrillic),
  single('windows-1253', true, greek),
  single('windows-1255', true, hebrew),
  single('windows-1256', true, arabic),
  single('windows-874', true, thai),
  single('windows-1252', false, 'éèàáíóúñçüöäßêãõåæøîôëâìòùïûÿ’“”–—…€°', 'ÉÈÀÁÍÓÚÑÇÜÖÄÅÆØÎÔ‘•™©®«»§²³'),
  single('windows-1250', false, 'ąćęłńóśźżáčéěíšřťůýžőűăășţ', 'ĄĆĘŁŃÓŚŹŻÁČÉĚÍŠŘŤŮÝŽŐŰďňľĺöüä„”–…'),
  single('windows-1254', false, 'ıışğçöüİ', 'ŞĞÇÖÜâî’“”'),
  single('windows-1257', false, 'āčēģīķļņšūžąęėįųõäöü', 'ĀČĒĢĪĶĻŅŠŪŽĄĘĖĮŲ'),
]

function single(charset: string, alphabet: boolean, frequent: string, letters = frequent.toUpperCase()): SingleByte {
  const doubt = alphabet || charset === 'windows-1252' ? 0 : 0.2
  return { charset, alphabet, frequent: new Set(frequent), letters: new Set(letters), doubt }
}

const frequentPrefix = 12

function scoreSingleByte(candidate: SingleByte, sample: Buffer): number {
  const text = decoderFor(candidate.charset).decode(sample)
  const order = [...candidate.frequent]
  const top = new Set(order.slice(0, frequentPrefix))
  let score = 0
  let beforeLower = false
  for (const character of text) {
    const code = character.charCodeAt(0)
    if (code < 0x80) {
      beforeLower = code >= 0x61 && code <= 0x7a
      continue
    }
    if (code === 0xfffd || (code >= 0x80 && code < 0xa0)) score -= 2
    else if (candidate.frequent.has(character)) score += top.has(character) ? 1 : 0.8
    // A capital in the middle of a word is what the wrong Cyrillic charset looks like.
    else if (candidate.letters.has(character)) score += beforeLower ? -0.8 : 0.5
    else score -= 0.6
    beforeLower = character !== character.toUpperCase()
  }
  return score
}

const decoders = new Map<string, TextDecoder>()

function decoderFor(charset: string): TextDecoder {
  const known = decoders.get(charset)
  if (known !== undefined) return known
  const decoder = new TextDecoder(charset)
  decoders.set(charset, decoder)
  return decoder
}
