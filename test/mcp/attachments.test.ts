import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDirectory, postern } from '../postern.ts'

const HOME = newDirectory('home')
const env = { HOME, PATH: process.env.PATH ?? '' }
const main = resolve(import.meta.dirname, '../../src/main.ts')
const clients: Client[] = []
let message = ''

const csv = `name;amount\r\n${Array.from({ length: 2_000 }, (_, at) => `row ${at};"${at} €"`).join('\r\n')}\r\n`
const file = (type: string, name: string, bytes: Buffer | string) =>
  `--b\r\nContent-Type: ${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\n` +
  `Content-Transfer-Encoding: base64\r\n\r\n${Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n`
const letter = [
  'From: Ann <ann@a.example>\r\nTo: me@home.example\r\nSubject: files\r\nMessage-ID: <files@a.example>\r\n',
  'Date: Thu, 01 Oct 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n',
  '--b\r\nContent-Type: text/plain\r\n\r\nsee the files\r\n',
  file('text/csv', 'table.csv', csv),
  file('text/html', 'page.html', '<p>shown <span style="display:none">hidden words</span><b>bold</b></p>'),
  file('text/plain', 'lies.txt', Buffer.from([0x89, 0x50, 0, 0, 1, 2, 3])),
  file('application/pdf', 'paper.pdf', '%PDF-1.7'),
  '--b--\r\n',
].join('')

beforeAll(async () => {
  mkdirSync(join(HOME, 'mail'))
  writeFileSync(join(HOME, 'mail', 'a.eml'), letter)
  expect(postern(['import', join(HOME, 'mail', 'a.eml')], { env }).exit).toBe(0)
  message = postern(['search', 'subject:files', '--format', 'ids'], { env }).stdout.trim()
}, 60_000)

afterAll(async () => {
  for (const client of clients) await client.close()
  postern(['daemon', 'stop'], { env })
})

async function connect(profile: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [main, 'mcp', '--profile', profile], env }),
  )
  clients.push(client)
  return client
}

async function call(client: Client, name: string, args: Record<string, unknown>) {
  const result = await client.callTool({ name, arguments: args })
  const answer = result.structuredContent as Readonly<Record<string, unknown>> | undefined
  return { answer, refused: result.isError === true ? JSON.stringify(result.content) : undefined }
}

test('text files are read between marks, a long one by pages, what is hidden in a page is left out', async () => {
  const client = await connect('trusted')
  const { answer } = await call(client, 'mail_attachments', { id: message })
  const items = answer?.items as readonly { part: string; name: string }[]
  const partOf = (name: string) => items.find(each => each.name === name)?.part ?? ''
  let text = ''
  let from: number | null = 0
  while (from !== null) {
    const page = await call(client, 'mail_attachment_text', { id: message, part: partOf('table.csv'), from })
    expect(page.refused).toBeUndefined()
    expect(JSON.stringify(page.answer).length).toBeLessThanOrEqual(25_000)
    const said = String(Object(page.answer?.text).text)
    expect(said).toMatch(/^<<untrusted [0-9a-f]{16}>>\n[\s\S]*\n<<\/untrusted [0-9a-f]{16}>>$/)
    text += said.split('\n').slice(1, -1).join('\n')
    from = page.answer?.next_from as number | null
  }
  expect(text).toContain('row 1999;"1999 €"')
  const page = await call(client, 'mail_attachment_text', { id: message, part: partOf('page.html') })
  expect(JSON.stringify(page.answer)).toContain('bold')
  expect(JSON.stringify(page.answer)).not.toContain('hidden words')
  for (const name of ['lies.txt', 'paper.pdf']) {
    expect((await call(client, 'mail_attachment_text', { id: message, part: partOf(name) })).refused).toContain(
      'unsupported',
    )
  }
  expect((await call(client, 'mail_attachment_text', { id: message, part: '9.9' })).refused).toContain('not_found')
}, 60_000)

test('what is held is shown by a client that can show something, and its answer decides nothing', async () => {
  const client = new Client({ name: 'test', version: '1' }, { capabilities: { elicitation: { form: {} } } })
  const shown: string[] = []
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    shown.push(params.message)
    return { action: 'accept', content: {} }
  })
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [main, 'mcp', '--profile', 'assistant'], env }),
  )
  clients.push(client)
  for (let at = 0; at < 2; at++) {
    const held = await call(client, 'mail_attachment_text', { id: message, part: '3' })
    expect(held.refused ?? JSON.stringify(held.answer)).toMatch(/Held for the person/)
  }
  expect(shown.length).toBeGreaterThan(0)
  expect(shown[0]).toContain('postern approvals list')
}, 60_000)

test('a profile that asks has it held for the person; one that may not does not see the tool', async () => {
  const assistant = await connect('assistant')
  const held = await call(assistant, 'mail_attachment_text', { id: message, part: '2' })
  expect(held.refused ?? JSON.stringify(held.answer)).toMatch(/Held for the person/)
  const reader = await connect('reader')
  expect((await reader.listTools()).tools.map(({ name }) => name)).not.toContain('mail_attachment_text')
}, 60_000)
