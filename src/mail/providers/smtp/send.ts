import { Readable } from 'node:stream'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import { err, ok, type Result } from '#base/result.ts'
import { type Dialogue, openSmtp, step } from './connect.ts'
import { type SmtpTrouble, troubleOf, words } from './trouble.ts'

export type { Dialogue } from './connect.ts'
export type { SmtpTrouble } from './trouble.ts'

export interface SmtpMessage {
  readonly from: string
  readonly to: readonly string[]
  readonly bytes: Uint8Array
}

/** One recipient whom the server does not take. */
export interface Refusal {
  readonly recipient: string
  /** It may take them later (4yz). */
  readonly isForNow: boolean
  readonly reply: number
  readonly message: string
}

export type SmtpOutcome =
  /** The server has it, for those of `to` who are not in `refused`. */
  | { readonly outcome: 'taken'; readonly refused: readonly Refusal[]; readonly answer: string }
  /** It surely has nothing. */
  | { readonly outcome: 'not_taken'; readonly trouble: SmtpTrouble; readonly refused: readonly Refusal[] }
  /** The connection ended between the end of the message and the answer: nobody here knows. */
  | { readonly outcome: 'unknown'; readonly trouble: SmtpTrouble }

/**
 * Hands a message over. `beforeEnd` is awaited when all of it is on its way but the end mark: only what is durable by
 * then can tell after a crash that the server may have it. If it fails, the end is never sent.
 */
export async function sendBySmtp(
  message: SmtpMessage,
  dialogue: Dialogue,
  beforeEnd: () => Promise<void>,
): Promise<SmtpOutcome> {
  const opened = await openSmtp(dialogue)
  if (!opened.ok) return { outcome: 'not_taken', trouble: opened.error, refused: [] }
  return handOver(opened.value, message, beforeEnd)
}

/** Connects and logs in, and sends nothing. */
export async function testSmtp(dialogue: Dialogue): Promise<Result<undefined, SmtpTrouble>> {
  const opened = await openSmtp(dialogue)
  if (!opened.ok) return opened
  const answered = await step(opened.value, done => opened.value.reset(error => done(error)))
  opened.value.close()
  return answered.ok ? ok(undefined) : err(answered.error)
}

const quitMs = 2_000

function handOver(
  connection: SMTPConnection,
  message: SmtpMessage,
  beforeEnd: () => Promise<void>,
): Promise<SmtpOutcome> {
  let hasEnded = false
  let isSettled = false
  return new Promise((resolve, reject) => {
    const finish = () => {
      isSettled = true
      connection.removeListener('error', settle)
      connection.removeListener('end', end)
    }
    // Without its end mark the server has to forget the message: nothing more may follow on this connection.
    const cut = () => {
      body.destroy()
      connection.on('error', () => {})
      connection.close()
    }
    const giveUp = (error: unknown) => {
      if (isSettled) return
      finish()
      cut()
      reject(error)
    }
    const settle = (error: Error | null, answer?: SendAnswer) => {
      if (isSettled) return
      finish()
      if (error === null && hasEnded) leave(connection)
      else cut()
      resolve(outcomeOf(error, answer, hasEnded))
    }
    const body = Readable.from(
      (async function* () {
        yield Buffer.from(message.bytes.buffer, message.bytes.byteOffset, message.bytes.byteLength)
        await beforeEnd().catch(giveUp)
        if (isSettled) throw new Error('it was answered before its end')
        hasEnded = true
      })(),
    )
    const end = () => settle(new Error('the connection was closed'))
    connection.once('error', settle)
    connection.once('end', end)
    const envelope = { from: message.from, to: [...message.to], size: message.bytes.length }
    connection.send(envelope, body, (error, info) => settle(error, info))
  })
}

/** The answer is what counted: a server that does not close after QUIT is not waited for. */
function leave(connection: SMTPConnection): void {
  connection.on('error', () => {})
  connection.quit()
  setTimeout(() => connection.close(), quitMs).unref()
}

interface SendAnswer {
  readonly response?: string | undefined
  readonly rejectedErrors?: readonly Error[] | undefined
}

/** Only a reply of the server makes an outcome certain once the end mark may have gone out. */
function outcomeOf(error: Error | null, answer: SendAnswer | undefined, hasEnded: boolean): SmtpOutcome {
  if (error === null && !hasEnded) {
    return {
      outcome: 'unknown',
      trouble: { code: 'protocol', message: 'the server answered before the message had ended' },
    }
  }
  if (error === null) {
    const refused = (answer?.rejectedErrors ?? []).map(refusalOf)
    return { outcome: 'taken', refused, answer: words(answer?.response ?? '') }
  }
  const trouble = troubleOf(error)
  const isNo = trouble.reply !== undefined && trouble.reply >= 400
  if (hasEnded && !isNo) return { outcome: 'unknown', trouble }
  const rejected: unknown = Reflect.get(error, 'rejectedErrors')
  const refused = Array.isArray(rejected) ? rejected.filter(each => each instanceof Error).map(refusalOf) : []
  return { outcome: 'not_taken', trouble, refused }
}

function refusalOf(error: Error): Refusal {
  const { reply = 550, message } = troubleOf(error)
  return { recipient: String(Reflect.get(error, 'recipient') ?? ''), isForNow: reply < 500, reply, message }
}
