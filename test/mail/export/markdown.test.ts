import { describe, expect, test } from 'vitest'
import { jsonLine, markdownLetter, savedFiles } from '../../../src/mail/export/index.ts'
import { parseMessage } from '../../../src/mail/mime/index.ts'
import { demoMailbox } from '../../../src/mail/providers/demo/index.ts'
import { exported } from './exported.ts'

const options = { timeZone: 'UTC', linksFiles: false }

function plain(text: string): string {
  return markdownLetter(exported({ raw: `Subject: s\r\n\r\n${text.replaceAll('\n', '\r\n')}` }), options)
}

/** Front matter and what follows it, as a reader of YAML splits them. */
function split(markdown: string): { front: Record<string, unknown>; body: string } {
  const [, lines = '', body = ''] = /^---\n([\s\S]*?)\n---\n\n([\s\S]*)$/.exec(markdown) ?? []
  const front = Object.fromEntries(
    lines.split('\n').map(line => [line.slice(0, line.indexOf(': ')), JSON.parse(line.slice(line.indexOf(': ') + 2))]),
  )
  return { front, body }
}

describe('a message as Markdown', () => {
  test('plain text cannot fetch an image, link to a script or head a section', () => {
    const markdown = plain('![x](https://evil.example/p)\n[y](javascript:alert(1))\n# Heading\n<img src=x>\n---\n')
    expect(markdown).not.toMatch(/(?<!\\)!?\[[xy](?<!\\)\]\(/)
    expect(markdown).not.toMatch(/^# Heading/m)
    expect(markdown).not.toMatch(/(?<!\\)<img/)
    expect(split(markdown).front).toMatchObject({ subject: 's' })
  })

  test('a subject cannot end the front matter', () => {
    const raw = 'Subject: =?utf-8?B?eAotLS0KZXZpbDogdHJ1ZQ==?=\r\nFrom: "a\\"b: c" <a@b.example>\r\n\r\nx\r\n'
    const { front } = split(markdownLetter(exported({ raw }), options))
    expect(front).toMatchObject({ subject: 'x --- evil: true', from: ['a"b: c <a@b.example>'] })
    expect(front).not.toHaveProperty('evil')
  })

  test('HTML alone is no empty document, and quotes stay quotes', () => {
    const html =
      'Content-Type: text/html\r\n\r\n<h2>Hi</h2><ul><li>one</li></ul><a href="https://a.example/x">there</a>'
    const markdown = markdownLetter(exported({ raw: html }), options)
    expect(markdown).toContain('## Hi')
    expect(markdown).toContain('[there](https://a.example/x)')
    expect(plain('> said\n>> before\n')).toContain('> said\\\n>> before')
  })

  test('every message of the demo has a body or says that it has none', () => {
    for (const { raw } of demoMailbox({ messages: 400 })) {
      const { front, body } = split(markdownLetter(exported({ raw }), options))
      expect(front).toHaveProperty('message_id')
      expect(body.trim().length).toBeGreaterThan(0)
      expect(body).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202a-\u202e\u2066-\u2069]/)
    }
  })
})

describe('attachments', () => {
  const twice =
    'Content-Type: multipart/mixed; boundary=b\r\n\r\n' +
    ['a.txt', 'A.TXT', '../../.bashrc', 'con']
      .map(
        name =>
          `--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename="${name}"\r\n\r\n${name}\r\n`,
      )
      .join('') +
    '--b--\r\n'

  test('have names that differ without regard to case, and that stay in their folder', () => {
    const { raw } = exported({ raw: twice })
    const names = savedFiles(parseMessage(raw), raw).map(({ name }) => name)
    expect(names).toEqual(['a.txt', 'A (2).TXT', 'bashrc', 'attachment-con'])
  })

  test('are in JSON only when they are asked for', () => {
    const asked = (files: 'none' | 'inline' | 'files') => JSON.stringify(jsonLine(exported({ raw: twice }), files))
    expect(asked('none')).not.toContain('base64')
    expect(asked('inline')).toContain(`"base64":"${Buffer.from('a.txt').toString('base64')}"`)
    expect(asked('files')).toContain('"file":"0000000000/bashrc"')
  })
})
