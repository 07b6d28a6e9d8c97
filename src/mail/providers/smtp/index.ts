/**
 * SMTP: hands one frozen message to one server, once.
 *
 * Lives here: the conversation up to the server's answer, and the one question that matters afterwards: was the message
 * taken, was it surely not taken, or does nobody know? Between the end of the message and the answer nobody knows
 * (RFC 5321 §4.5.3.2.6, RFC 1047): that state is told, never guessed.
 *
 * May never happen here: a second try, a change to the bytes, a password before the connection is known to be safe,
 * a word of the message in an error.
 */
export {
  type Dialogue,
  type Refusal,
  type SmtpMessage,
  type SmtpOutcome,
  type SmtpTrouble,
  sendBySmtp,
  testSmtp,
} from './send.ts'
