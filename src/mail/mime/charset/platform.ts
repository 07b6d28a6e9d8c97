const decoders = new Map<string, TextDecoder>()

/** Decodes with the platform's decoder of that charset, kept for the next time. */
export function decode(charset: string, bytes: Uint8Array): string {
  let decoder = decoders.get(charset)
  if (decoder === undefined) {
    decoder = new TextDecoder(charset)
    decoders.set(charset, decoder)
  }
  return decoder.decode(bytes)
}
