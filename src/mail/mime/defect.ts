/** What was wrong with a message and was worked around. The codes are a contract: programs branch on them. */
export type DefectCode =
  // limits
  | 'message_too_large'
  | 'nesting_limit'
  | 'parts_limit'
  | 'header_bytes_limit'
  | 'header_fields_limit'
  | 'address_limit'
  | 'encoded_word_limit'
  | 'reference_limit'
  | 'parameter_limit'
  | 'text_limit'
  | 'embedded_limit'
  | 'defect_limit'
  // lines and headers
  | 'message_empty'
  | 'line_endings_bare_cr'
  | 'null_byte'
  | 'leading_blank_lines'
  | 'mbox_from_line'
  | 'header_malformed'
  | 'header_separator_missing'
  | 'header_duplicate'
  | 'header_8bit'
  | 'header_control_character'
  | 'encoded_word_malformed'
  | 'encoded_word_charset_unknown'
  | 'from_missing'
  | 'address_malformed'
  | 'date_missing'
  | 'date_malformed'
  | 'date_obsolete'
  | 'date_zone_unknown'
  | 'message_id_missing'
  | 'message_id_malformed'
  | 'parameter_malformed'
  | 'content_type_malformed'
  // structure
  | 'boundary_missing'
  | 'boundary_not_found'
  | 'boundary_recovered'
  | 'boundary_unclosed'
  | 'multipart_encoded'
  // content
  | 'encoding_unknown'
  | 'base64_malformed'
  | 'quoted_printable_malformed'
  | 'uuencode_malformed'
  | 'yenc_malformed'
  | 'charset_undeclared'
  | 'charset_unknown'
  | 'charset_mismatch'
  | 'charset_invalid_bytes'

export interface Defect {
  readonly code: DefectCode
  /** The part it concerns; null for the message itself. */
  readonly part: string | null
  /** Byte offset in the raw message near which it was seen; null where no single place can be named. */
  readonly offset: number | null
}

/** Collects the defects of one message: each code at most once a part, and never more than the limit. */
export class DefectLog {
  readonly #max: number
  readonly #list: Defect[] = []
  #part: string | null = null

  constructor(max: number) {
    this.#max = max
  }

  get list(): readonly Defect[] {
    return this.#list
  }

  /** Names the part that the defects reported from here on concern. */
  enter(part: string | null): void {
    this.#part = part
  }

  add(code: DefectCode, offset: number | null = null): void {
    const list = this.#list
    if (list.length >= this.#max) return
    for (const known of list) if (known.code === code && known.part === this.#part) return
    if (list.length === this.#max - 1) list.push({ code: 'defect_limit', part: null, offset: null })
    else list.push({ code, part: this.#part, offset })
  }
}
