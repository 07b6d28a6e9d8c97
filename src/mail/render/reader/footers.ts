import { endOfKept, isBlank, type ReaderLine, removeFrom, type Stage } from './lines.ts'

const paragraphsMax = 12
const paragraphLengthMax = 4000

/**
 * Removes whole paragraphs from the end as long as each of them is one of its kind. It stops at the first ordinary
 * paragraph: a legal phrase in the middle of a letter never takes with it what stands below.
 */
export function removeFooters(
  lines: readonly ReaderLine[],
  stage: Stage,
  isFooter: (paragraph: string) => boolean,
): void {
  for (let count = 0; count < paragraphsMax; count++) {
    const end = endOfKept(lines)
    let start = end
    while (start > 0 && !isBlank(lines[start - 1])) start--
    const paragraph = lines.slice(start, end)
    const text = paragraph.map(line => line.text.trim()).join(' ')
    if (paragraph.length === 0 || paragraph.some(line => line.quoted) || text.length > paragraphLengthMax) return
    if (!isFooter(text) || !removeFrom(lines, start, end, stage)) return
  }
}

/** Legal notices under business mail. Each pattern names a whole formula: a single word of law is nobody's notice. */
const legal: readonly RegExp[] = [
  /\b(?:this|the) (?:e-?mail|message|communication|transmission)\b.{0,200}\b(?:confidential|privileged|intended (?:only|solely)|intended recipient)/is,
  /\bif you (?:are not|have received|received)\b.{0,120}\b(?:intended|this (?:e-?mail|message)|in error)\b/is,
  /\bconfidentiality (?:notice|note)\b|\blegal disclaimer\b|^disclaimer\s*:/i,
  /\bconsider the environment before printing\b|\bthink before you print\b/i,
  /\b(?:e-?mail|message).{0,80}\b(?:virus|malware).{0,120}\b(?:liab|responsib|scan)/is,
  /\bregistered (?:office|in england|number)\b.{0,200}\b(?:company|no\.?|number)\b/is,
  /\bdiese (?:e-?mail|nachricht)\b.{0,200}\b(?:vertraulich|bestimmt)/is,
  /\b(?:geschäftsführer|amtsgericht|handelsregister|ust-?id)/i,
  /\bce (?:message|courriel|mail|courrier)\b.{0,200}\b(?:confidentiel|destiné)/is,
  /\beste (?:mensaje|correo)\b.{0,200}\b(?:confidencial|destinatario)/is,
  /\b(?:questo messaggio|questa e-?mail|le informazioni contenute)\b.{0,200}\b(?:riservat|confidenzial|destinatari)/is,
  /\besta (?:mensagem|e-?mail)\b.{0,200}\b(?:confidencia|destinat)/is,
  /\bdit (?:bericht|e-?mail)\b.{0,200}\b(?:vertrouwelijk|bestemd)/is,
  /\b(?:detta|denne|dette) (?:e-?post|meddelande|mail|e-?mail|meddelelse|melding)\b.{0,200}\b(?:konfidentiel|fortrolig|avsedd|tiltenkt|beregnet)/is,
  /\b(?:niniejsza|ta) wiadomość\b.{0,200}\b(?:poufn|adresat)/is,
  /(?:это|данное|настоящее) (?:письмо|сообщение).{0,200}(?:конфиденциал|предназнач)/is,
  /本(?:メール|邮件|郵件).{0,100}(?:機密|秘密|保密|机密)/s,
]

const legalLengthMin = 40

export function isLegalNotice(paragraph: string): boolean {
  return paragraph.length >= legalLengthMin && legal.some(pattern => pattern.test(paragraph))
}

/** Lines that senders in bulk end with. Short ones only: an ordinary paragraph may speak of unsubscribing too. */
const footer: readonly RegExp[] = [
  /\bunsubscribe\b|\bopt[ -]?out\b|\b(?:manage|update|change) (?:your )?(?:e-?mail )?(?:preferences|subscription)/i,
  /\bview (?:this|the|it)?\s?(?:e-?mail|message|newsletter|online)?\s?(?:in|on) (?:your |a |the )?(?:web )?browser\b/i,
  /\byou(?:['’]re| are) receiving this\b|\byou received this (?:message|e-?mail) because\b|\bto stop receiving\b/i,
  /^(?:©|\(c\)|copyright)\b.{0,120}|\ball rights reserved\b/i,
  /\babmelden\b|\babbestellen\b|\bnewsletter abbestell|\bim browser (?:ansehen|anzeigen|öffnen)/i,
  /\bse désabonner\b|\bse désinscrire\b|\bversion en ligne\b|\bvous recevez ce/i,
  /\bdarse de baja\b|\bcancelar (?:la |tu )?suscripci|\bver en (?:el|tu) navegador/i,
  /\bannulla(?:re)? (?:l['’])?iscrizione|\bdisiscriv|\bvisualizza (?:nel|questa)/i,
  /\bcancelar (?:a )?(?:inscri|assinatura|subscri)|\bdescadastr|\bver no navegador/i,
  /\bafmelden\b|\buitschrijven\b|\bbekijk (?:deze )?(?:e-?mail|online|in)/i,
  /\bavregistrera|\bavprenumerera|\bafmeld|\bmeld deg av|\bperuuta tilaus/i,
  /\bwypisz się|\bzrezygnuj|\bodhlásit|\bleiratkoz|\bdezabon/i,
  /отписаться|отказаться от рассылки|відписатися/i,
  /配信停止|退订|取消订阅|退訂|수신\s?거부/,
  /^_{20,}\s.{0,80}mailing list\b/i,
  /\bmailing list\b.{0,80}(?:https?:\/\/|@)/i,
]

const footerLengthMax = 400

export function isBulkFooter(paragraph: string): boolean {
  return paragraph.length <= footerLengthMax && footer.some(pattern => pattern.test(paragraph))
}
