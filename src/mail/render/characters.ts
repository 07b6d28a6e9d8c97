/**
 * Ranges of characters that take part in no word a person reads, to be put into character classes.
 * They are data: a pattern made of them in place would show as broken text in an editor.
 */

/** Marks that change the order in which characters are shown. */
export const bidiMarks = String.raw`\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069`

/** Zero-width characters, soft hyphens, fillers; the joiners U+200C and U+200D are not among them. */
export const zeroWidthMarks = String.raw`\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb`

export const controlMarks = String.raw`\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029`

/** What only fills space, as newsletters pad their preview text; all white space but the plain blank is among it. */
export const fillersButBlank = String.raw`\t-\r\u00a0\u00ad\u034f\u061c\u115f\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff`

export const fillers = ` ${fillersButBlank}`
