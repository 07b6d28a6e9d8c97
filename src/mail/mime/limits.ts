/**
 * A maximum for everything that a sender can make large. Beyond one of them parsing goes on with what was
 * read so far and a defect says so; it never throws. The defaults are far above what people send.
 */
export interface MimeLimits {
  /** Bytes of a message that are looked at; the rest is as if it had never arrived. */
  readonly messageBytesMax: number
  /** Multiparts and attached messages inside each other. Deeper ones stay opaque leaves. */
  readonly nestingMax: number
  readonly partsMax: number
  /** Bytes of one header block (of the message, of a part). */
  readonly headerBytesMax: number
  /** Fields of one header block. */
  readonly headerFieldsMax: number
  /** Addresses of a whole message, all address headers together. */
  readonly addressesMax: number
  /** Encoded words (RFC 2047) decoded in a whole message; later ones stay as they were written. */
  readonly encodedWordsMax: number
  readonly referencesMax: number
  /** Parameters of one Content-Type or Content-Disposition, RFC 2231 sections counted one by one. */
  readonly parametersMax: number
  /** Encoded bytes of body text that are decoded, all text parts together. */
  readonly textBytesMax: number
  /** Characters of body text that an index gets. */
  readonly indexCharsMax: number
  /** Files written into plain text (uuencode, yEnc) that are recognised. */
  readonly embeddedMax: number
  readonly defectsMax: number
}

export const mimeLimits: MimeLimits = {
  messageBytesMax: 50 * 1024 * 1024,
  nestingMax: 256,
  partsMax: 1000,
  headerBytesMax: 2 * 1024 * 1024,
  headerFieldsMax: 10_000,
  addressesMax: 10_000,
  encodedWordsMax: 10_000,
  referencesMax: 1000,
  parametersMax: 256,
  textBytesMax: 16 * 1024 * 1024,
  indexCharsMax: 1024 * 1024,
  embeddedMax: 100,
  defectsMax: 100,
}
