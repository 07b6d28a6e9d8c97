import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DaemonClient } from '../../src/daemon/client/index.ts'
import { openGateDatabase } from '../../src/daemon/gate/database.ts'
import { DraftTaint } from '../../src/daemon/gate/draft-taint.ts'
import { withoutOwnText } from '../../src/daemon/gate/own-text.ts'
import type { ParamsGiven, RequestName } from '../../src/daemon/requests/index.ts'
import { FLAG, formatMessageId } from '../../src/mail/store/index.ts'
import { clientOf, newInstance, type Running, startDaemon, withMail } from '../daemon/daemon.ts'
import { newDirectory } from '../postern.ts'

// Ways to make the gate forget that words are somebody else's: by putting them aside and fetching them again. Bob is
// somebody to whom the person writes, so nothing but whose words they are holds a letter to him.

const settings =
  '[accounts.home]\nemail = "me@home.example"\n' +
  ['imap', 'smtp'].map(kind => `[accounts.home.${kind}]\nhost = "127.0.0.1"\nport = 1\ntls = "none"\n`).join('')
const bob = 'bob@b.example'
const told = 'Between us: the offer for the roof garden is eighty six thousand, and nobody else may hear of it yet.'
const plain = 'Shall we have lunch on Thursday? I would be free from noon on, and there is a new place.'

interface World {
  readonly daemon: Running
  readonly message: string
}

const head =
  'From: Ann <ann@a.example>\r\nTo: me@home.example\r\nMessage-ID: <offer@a.example>\r\nSubject: the offer\r\n'

async function world(raw = `${head}\r\n${told}\r\n`): Promise<World> {
  const instance = newInstance()
  const ids = withMail(instance, [
    { subject: 'the offer', text: told, snippet: '', from: 'Ann <ann@a.example>', raw: Buffer.from(raw) },
    {
      subject: 'hello',
      text: 'See you',
      from: 'Me <me@home.example>',
      to: [bob],
      flags: FLAG.sent,
      labels: [{ key: 'Sent', name: 'Sent', kind: 'folder', role: 'sent' }],
    },
  ])
  return { daemon: await startDaemon(instance, settings), message: formatMessageId(ids[0] ?? 0) }
}

function agentOf(daemon: Running, profile = 'assistant'): Promise<DaemonClient> {
  return clientOf(daemon, { profile, origin: 'mcp' })
}

async function ask<Name extends RequestName>(client: DaemonClient, name: Name, params: ParamsGiven<Name>) {
  const answered = await client.request(name, params)
  if (!answered.ok) throw new Error(`${name}: ${answered.error.code}: ${answered.error.message}`)
  return answered.value
}

function letterTo(address: string, body: string) {
  return {
    from: 'me@home.example',
    to: [{ name: null, email: address }],
    cc: [],
    bcc: [],
    subject: 'Hello',
    body,
    markup: false,
    files: [],
    answers: null,
  }
}

async function draftOf(agent: DaemonClient, body: string): Promise<number> {
  return (await ask(agent, 'draft.save', { account: 'home', content: letterTo(bob, body) })).draft_id
}

/** Why the draft does not leave; none when it does. */
async function heldFor(agent: DaemonClient, draft: number): Promise<readonly unknown[]> {
  const { send_id: send, digest } = await ask(agent, 'send.prepare', { draft_id: draft })
  const queued = await agent.request('send.queue', { send_id: send, digest })
  return queued.ok ? [] : [queued.error.details?.reasons ?? queued.error.code].flat()
}

describe("somebody else's words in a draft", () => {
  test('are held where they are sent at once, and words of its own are not', async () => {
    const { daemon, message } = await world()
    const agent = await agentOf(daemon)
    await ask(agent, 'mail.read', { id: message })
    expect(await heldFor(agent, await draftOf(agent, plain))).toEqual([])
    expect(await heldFor(agent, await draftOf(agent, told))).toEqual(['foreign_content'])
  })

  test('are held after they were put aside: by another agent, and after a restart', async () => {
    const { daemon, message } = await world()
    const agent = await agentOf(daemon)
    await ask(agent, 'mail.read', { id: message })
    const [draft, innocent] = [await draftOf(agent, told), await draftOf(agent, plain)]
    const other = await agentOf(daemon, 'trusted')
    expect(await heldFor(other, draft)).toEqual(['foreign_content'])
    await daemon.stop()
    const again = await startDaemon(daemon, settings)
    const later = await agentOf(again)
    expect(await heldFor(later, innocent)).toEqual([])
    expect(await heldFor(later, draft)).toEqual(['foreign_content'])
  })

  test('are held when they come back in a later revision, and when the draft is read before it is sent', async () => {
    const { daemon, message } = await world()
    const agent = await agentOf(daemon)
    await ask(agent, 'mail.read', { id: message })
    const draft = await draftOf(agent, told)
    await ask(agent, 'draft.save', { draft_id: draft, content: letterTo(bob, plain) })
    await daemon.stop()
    const later = await agentOf(await startDaemon(daemon, settings))
    await ask(later, 'draft.save', { draft_id: draft, content: letterTo(bob, told) })
    await ask(later, 'draft.show', { draft_id: draft })
    expect(await heldFor(later, draft)).toEqual(['foreign_content'])
  })

  test('are forgotten with the draft', async () => {
    const { daemon, message } = await world()
    const agent = await agentOf(daemon)
    await ask(agent, 'mail.read', { id: message })
    await ask(agent, 'draft.delete', { draft_id: await draftOf(agent, told) })
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
    const kept = new DatabaseSync(`${daemon.paths.dataDir}/gate.db`, { readOnly: true })
    expect(kept.prepare('SELECT * FROM draft_taint').all()).toEqual([])
    kept.close()
  })

  test('are kept as hashes, never as words', async () => {
    const { daemon, message } = await world()
    const agent = await agentOf(daemon)
    await ask(agent, 'mail.read', { id: message })
    await draftOf(agent, told)
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
    const kept = new DatabaseSync(`${daemon.paths.dataDir}/gate.db`, { readOnly: true })
    const rows = JSON.stringify(kept.prepare('SELECT * FROM draft_taint').all())
    kept.close()
    expect(rows).toContain('prints')
    expect(rows).not.toMatch(/roof garden|eighty/)
  })
})

test('what an older version of the gate kept is taken over, with a place for this', () => {
  const path = join(newDirectory('gate'), 'gate.db')
  const opened = openGateDatabase(path)
  if (!opened.ok) throw new Error(opened.error.message)
  opened.value.exec("INSERT INTO secrets VALUES ('x', 'y'); DROP TABLE draft_taint; PRAGMA user_version = 1")
  opened.value.close()
  const again = openGateDatabase(path)
  if (!again.ok) throw new Error(again.error.message)
  expect(again.value.prepare('SELECT * FROM secrets').all()).toHaveLength(1)
  expect(new DraftTaint(again.value).of(1).sources).toEqual([])
  again.value.exec("INSERT INTO draft_taint VALUES (1, 'no JSON')")
  // What cannot be read any more holds everything.
  expect(new DraftTaint(again.value).of(1).overflow).toBe(1)
  again.value.close()
})

describe('an answer that an agent begins', () => {
  const own = 'I have looked at the numbers of the last quarter, and they are better than we had thought in May.'

  test.each(['bottom', 'top', 'none'] as const)(
    "quotes the original, quote %s: the quote is the author's, the agent's own text is its own",
    async quote => {
      const { daemon, message } = await world()
      const agent = await agentOf(daemon)
      await ask(agent, 'draft.answer', { message_id: message, kind: 'reply', text: own, quote })
      expect(await heldFor(agent, await draftOf(agent, own))).toEqual([])
      const quoted = await heldFor(agent, await draftOf(agent, told))
      expect(quoted).toEqual(quote === 'none' ? [] : ['foreign_content'])
    },
  )

  test.each(['bottom', 'top'] as const)(
    'does not lose its quote to an agent whose text stands in it, quote %s',
    async quote => {
      const { daemon, message } = await world()
      const agent = await agentOf(daemon)
      for (const text of ['e', told.slice(0, 40), `> ${told}`]) {
        await ask(agent, 'draft.answer', { message_id: message, kind: 'reply', text, quote })
      }
      expect(await heldFor(agent, await draftOf(agent, told))).toEqual(['foreign_content'])
    },
  )

  test('counts whole whatever text was chosen, wherever the composer puts it', () => {
    const words = fc.string({ unit: fc.constantFrom('4', '8', 'a', ' ', '>', '\n'), maxLength: 20 })
    fc.assert(
      fc.property(words, words, words, fc.constantFrom('bottom', 'top', 'none'), (quoted, text, sign, quote) => {
        const body = quote === 'top' ? `${quoted}\n\n${text}\n${sign}` : `${text}\n${sign}\n${quoted}`
        const left = withoutOwnText({ text, kind: 'reply', quote }, { content: { body } }, 'none')
        expect(JSON.stringify(left)).toContain(JSON.stringify(quoted).slice(1, -1))
      }),
    )
  })

  test('can be read back and sent to whom it answers', async () => {
    const { daemon, message } = await world()
    const agent = await agentOf(daemon)
    const begun = await ask(agent, 'draft.answer', { message_id: message, kind: 'reply', text: own, quote: 'bottom' })
    await ask(agent, 'draft.show', { draft_id: begun.draft_id })
    // Nobody wrote to Ann before: that, and nothing about whose words they are.
    expect(await heldFor(agent, begun.draft_id)).toEqual(['new_recipient'])
  })
})

describe('words that are handed out encoded', () => {
  const html = `<p>${told.replaceAll(' ', '<b></b> <i>x</i> ').replaceAll('<i>x</i>', '<i></i>')}</p>`
  const mixed = (file: string, bytes: Uint8Array) =>
    [
      `${head}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n`,
      '--b\r\nContent-Type: text/plain\r\n\r\nsee the file\r\n',
      `--b\r\nContent-Type: application/octet-stream; name=${file}\r\nContent-Disposition: attachment; filename=${file}`,
      `Content-Transfer-Encoding: base64\r\n\r\n${Buffer.from(bytes).toString('base64')}\r\n--b--\r\n`,
    ].join('\r\n')

  test('count as words: the source of a message, page by page', async () => {
    const { daemon, message } = await world()
    const agent = await agentOf(daemon, 'trusted')
    for (let offset = 0; offset < 300; offset += 10) await ask(agent, 'mail.raw', { id: message, offset, limit: 10 })
    expect(await heldFor(agent, await draftOf(agent, told))).toEqual(['foreign_content'])
  })

  test('count as words: HTML, its tags taken out', async () => {
    const { daemon, message } = await world(`${head}Content-Type: text/html\r\n\r\n${html}\r\n`)
    const agent = await agentOf(daemon)
    await ask(agent, 'mail.read', { id: message, view: 'html' })
    expect(await heldFor(agent, await draftOf(agent, told))).toEqual(['foreign_content'])
  })

  test('count as words: an attachment of text', async () => {
    const { daemon, message } = await world(mixed('a.txt', Buffer.from(told)))
    const agent = await agentOf(daemon, 'trusted')
    const { items } = await ask(agent, 'mail.attachments', { id: message })
    await ask(agent, 'mail.attachment', { id: message, part: items[0]?.part ?? '' })
    expect(await heldFor(agent, await draftOf(agent, told))).toEqual(['foreign_content'])
  })

  test('of a file that cannot be looked into hold whatever follows', async () => {
    const { daemon, message } = await world(mixed('a.zip', Uint8Array.of(80, 75, 3, 4, 0, 0, 255, 254)))
    const agent = await agentOf(daemon, 'trusted')
    const { items } = await ask(agent, 'mail.attachments', { id: message })
    expect(await heldFor(agent, await draftOf(agent, plain))).toEqual([])
    await ask(agent, 'mail.attachment', { id: message, part: items[0]?.part ?? '' })
    expect(await heldFor(agent, await draftOf(agent, plain))).toEqual(['bulk_read'])
  })
})

test('a text too long to be looked through holds what is sent of it', async () => {
  const { daemon, message } = await world()
  const agent = await agentOf(daemon)
  await ask(agent, 'mail.read', { id: message })
  const filler = Array.from({ length: 60_000 }, (_, at) => `w${at}`).join(' ')
  expect(await heldFor(agent, await draftOf(agent, `${filler} ${told}`))).toContain('foreign_content')
})

test('words that were put into the name of a saved search or a label come back as nobody known', async () => {
  const { daemon, message } = await world()
  const agent = await agentOf(daemon)
  await ask(agent, 'mail.read', { id: message })
  await ask(agent, 'saved.save', { name: told.slice(0, 90), query: 'is:unread' })
  await daemon.stop()
  const later = await agentOf(await startDaemon(daemon, settings))
  expect(await heldFor(later, await draftOf(later, told))).toEqual([])
  await ask(later, 'saved.list', {})
  expect(await heldFor(later, await draftOf(later, told))).toEqual(['foreign_content'])
})
