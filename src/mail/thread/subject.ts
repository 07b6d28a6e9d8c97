import { key } from './nodes.ts'

export interface BaseSubject {
  /** What is left without reply and forward marks, in one case and with single spaces. */
  readonly base: string
  /** It bears a reply mark; a forward begins something new. */
  readonly isReply: boolean
}

const subjectCharsMax = 1000
const marksMax = 32
/** Reply marks of mail programs in many languages, with an optional count: `Re[2]:`, `AW:`, `Odp:`, `回复:`. */
const replyMark =
  /^(?:re|aw|antw|antwort|sv|vs|ref|rif|r|odp|ynt|res|rv|atb|vá|回复|回覆|答复|答覆|返信)(?:\s*[[(]\d{1,3}[\])])?\s*[:：]\s*/iu
const forwardMark = /^(?:fwd?|wg|tr|vl|vb|i|enc|doorst|转发|轉寄|轉發|転送)(?:\s*[[(]\d{1,3}[\])])?\s*[:：]\s*/iu
/** A list's tag. Only a short one: "[a very long …]" may be all that the subject says. */
const tag = /^\[[^\][]{1,40}\]\s*/u
const forwardTail = /\s*\(fwd?\)\s*$/iu

/** RFC 5256 §2.1, widened by the marks that people's programs really write. */
export function baseSubject(subject: string): BaseSubject {
  let rest = subject.slice(0, subjectCharsMax).normalize('NFKC').replace(/\s+/gu, ' ').trim()
  let isReply = false
  for (let marks = 0; marks < marksMax; marks++) {
    const reply = rest.replace(replyMark, '')
    isReply ||= reply !== rest
    let stripped = reply.replace(forwardMark, '').replace(forwardTail, '')
    const untagged = stripped.replace(tag, '')
    if (untagged !== '') stripped = untagged
    const wrapped = /^\[fwd?:\s*(.*)\]$/iu.exec(stripped)
    if (wrapped?.[1] !== undefined) stripped = wrapped[1]
    if (stripped === rest) break
    rest = stripped
  }
  return { base: rest.toLowerCase(), isReply }
}

/** Subjects that say too little ("hi") are not compared. */
const baseCharsMin = 4

/** 0 when nothing can be concluded from this subject. */
export function subjectKey(account: number, { base }: BaseSubject): number {
  return base.length < baseCharsMin ? 0 : key(account, `subject:${base}`)
}
