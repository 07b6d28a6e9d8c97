import { Buffer } from 'node:buffer'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LetterReader, unquote } from '../../../src/mail/import/letter-file.ts'
import { MBOX_VARIANTS, type MboxVariant, mbox } from '../../../src/mail/import/mbox.ts'
import { isBox, isTrouble } from '../../../src/mail/import/source.ts'
import { FLAG } from '../../../src/mail/store/index.ts'
import { letter, tree } from './tree.ts'

const folder = { key: 'INBOX', kind: 'folder' } as const

interface Taken {
  readonly raw: string
  readonly flags: number
  readonly receivedAt: number | undefined
}

function read(path: string, variant?: MboxVariant): Taken[] {
  const reader = new LetterReader()
  const taken = [...mbox(path, folder, variant)].flatMap(found => {
    if (isBox(found)) return []
    if (isTrouble(found)) throw new Error(found.code)
    const letter = reader.read(found)
    if (isTrouble(letter)) throw new Error(letter.code)
    return { raw: Buffer.from(letter.raw).toString('latin1'), flags: letter.flags, receivedAt: found.receivedAt }
  })
  reader.close()
  return taken
}

const fromLine = 'From ann@a.example Thu Oct  1 12:00:00 2026\n'

/** As the four kinds of programs write it. */
function write(messages: readonly string[], variant: MboxVariant): string {
  return messages.map(message => `${fromLine}${quote(message, variant)}\n`).join('')
}

function quote(message: string, variant: MboxVariant): string {
  const cut = message.indexOf('\n\n') + 1
  const [header, body] = [message.slice(0, cut), message.slice(cut + 1)]
  if (variant === 'mboxrd') return `${header}\n${body.replace(/^(>*From )/gm, '>$1')}`
  const quoted = variant === 'mboxcl2' ? body : body.replace(/^From /gm, '>From ')
  if (variant === 'mboxo') return `${header}\n${quoted}`
  return `${header}Content-Length: ${Buffer.byteLength(quoted, 'latin1')}\n\n${quoted}`
}

const withoutLength = (raw: string) => raw.replace(/^Content-Length: \d+\n/m, '')

const traps = [
  letter('a plain one'),
  letter(
    'From in the body',
    'From the start it was\n\nFrom ann@a.example Thu Oct  1 12:00:00 2026\nSubject: not a message\n\nend\n',
  ),
  letter('no line at the end', 'ends here'),
  letter('blank lines at the end', 'text\n\n\n'),
  letter('empty', ''),
]

describe('an mbox gives back the messages that were written to it:', () => {
  test.each(MBOX_VARIANTS)('%s', variant => {
    const root = tree({ box: write(traps, variant) })
    // What does not end with a line break cannot be told from what does, except by its length.
    const expected = traps.map(message =>
      message.endsWith('\n') || variant.startsWith('mboxcl') ? message : `${message}\n`,
    )
    expect(read(join(root, 'box')).map(({ raw }) => withoutLength(raw))).toEqual(expected)
  })

  test('mboxrd, also lines that were quoted before', () => {
    const messages = [letter('quoted', '>From here\n>>From there\n> From neither\nFrom the end\n')]
    expect(read(join(tree({ box: write(messages, 'mboxrd') }), 'box'))).toMatchObject([{ raw: messages[0] }])
  })

  test('mboxcl2, also lines that only look quoted', () => {
    const messages = [letter('one', 'From here\n'), letter('two', '>From there\n')]
    const root = tree({ box: write(messages, 'mboxcl2') })
    expect(read(join(root, 'box')).map(({ raw }) => withoutLength(raw))).toEqual(messages)
  })

  test('with the line ends of Windows', () => {
    const messages = traps.slice(0, 2).map(message => message.replaceAll('\n', '\r\n'))
    const root = tree({
      box: messages.map(message => `${fromLine}${message.replace(/^From /gm, '>From ')}\n`).join(''),
    })
    expect(read(join(root, 'box')).map(({ raw }) => raw)).toEqual(messages)
  })

  test('also when a person says what it is', () => {
    const messages = [letter('one', '>From here\n')]
    const root = tree({ box: `${fromLine}${messages[0]}\n` })
    expect(read(join(root, 'box'), 'mboxcl2')).toMatchObject([{ raw: messages[0] }])
    expect(read(join(root, 'box'), 'mboxo')).toMatchObject([{ raw: messages[0]?.replace('>From', 'From') }])
  })

  test('whatever is in the bodies (mboxrd)', () => {
    const line = fc.oneof(
      fc.constantFrom('From ', '>From ', '>>From x', 'From a b Thu Oct  1 12:00:00 2026', 'Subject: x', '', '\r', ' '),
      fc.string(),
    )
    const body = fc.array(line, { maxLength: 30 }).map(lines => `${lines.join('\n').replace(/[^\x00-\x7f]/g, '?')}\n`)
    fc.assert(
      fc.property(fc.array(body, { minLength: 1, maxLength: 8 }), bodies => {
        const messages = bodies.map(text => `Subject: x\n\n${text}`)
        const quoted = messages.map(message => `${fromLine}${message.replace(/(^|\n)(>*From )/g, '$1>$2')}\n`).join('')
        const root = tree({ box: quoted })
        expect(read(join(root, 'box'), 'mboxrd').map(({ raw }) => raw)).toEqual(messages)
      }),
      { numRuns: 60 },
    )
  })
})

describe('an mbox', () => {
  test('is not split at a text that begins with From', () => {
    const text = 'From the beginning of 2026 at 10:30 we met.\nAll is well: we were there.\n\nFrom then on\nnothing.\n'
    expect(read(join(tree({ box: `${fromLine}${letter('one', text)}\n` }), 'box'))).toHaveLength(1)
  })

  test('is not read by a length that only one sender brought along', () => {
    const messages = [letter('one'), letter('two'), letter('three')]
    const [, second = '', third = ''] = messages
    const swallowing = messages[0]?.replace('\n\n', `\nContent-Length: ${7 + fromLine.length + second.length + 1}\n\n`)
    const root = tree({ box: `${fromLine}${swallowing}\n${fromLine}${second}\n${fromLine}${third}\n` })
    expect(read(join(root, 'box'))).toHaveLength(3)
  })

  test('tells when its messages arrived, and their flags', () => {
    const marked = (fields: string) => letter('x').replace('\n\n', `\n${fields}\n\n`)
    const root = tree({
      box: [
        marked('Status: RO'),
        marked('Status: O\nX-Status: AF'),
        marked('X-Status: T'),
        marked('X-Mozilla-Status: 0007'),
        letter('body', 'Status: RO\n'),
      ]
        .map(message => `${fromLine}${message}\n`)
        .join(''),
    })
    const taken = read(join(root, 'box'))
    expect(taken.map(({ flags }) => flags)).toEqual([
      FLAG.read,
      FLAG.answered | FLAG.starred,
      FLAG.draft,
      FLAG.read | FLAG.answered | FLAG.starred,
      0,
    ])
    expect(taken[0]?.receivedAt).toBe(Date.UTC(2026, 9, 1, 12))
  })

  test('may be larger than what is held of it, with From lines wherever its pieces meet', () => {
    const filler = `${'x'.repeat(75)}\n`
    const messages = Array.from({ length: 400 }, (_, at) =>
      letter(`number ${at}`, filler.repeat(20 + ((at * 37) % 190))),
    )
    const root = tree({ box: write(messages, 'mboxo') })
    expect(statSync(join(root, 'box')).size).toBeGreaterThan(3 * 1024 * 1024)
    expect(read(join(root, 'box')).map(({ raw }) => raw)).toEqual(messages)
  })

  test('of bytes that are no mail ends', () => {
    const noise = Buffer.from(readFileSync(process.execPath).subarray(0, 3_000_000))
    const root = tree({ box: Buffer.concat([Buffer.from('From x\n'), noise]) })
    expect(read(join(root, 'box')).length).toBeGreaterThan(0)
  })
})

test('a quoted line is given back once', () => {
  const text = (quoting: 'none' | 'one' | 'each') => unquote(Buffer.from('a\n>From b\n>>From c\n'), quoting).toString()
  expect(text('none')).toBe('a\n>From b\n>>From c\n')
  expect(text('one')).toBe('a\nFrom b\n>>From c\n')
  expect(text('each')).toBe('a\nFrom b\n>From c\n')
})
