import { createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type Account, parseConfig } from '#config/index.ts'
import { PostOffice } from '#daemon/sending/post-office.ts'
import { type DraftContent, digestOf } from '#mail/compose/index.ts'
import { sendById } from '#mail/drafts/index.ts'
import { mailbox, type TestMailbox, value } from '../../mail/store/mailbox.ts'

const bytes = Buffer.from('From: x@home.example\r\n\r\nhello\r\n')
const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A server of a few lines; `silent` ones take connections and say nothing. */
async function server(kind: 'takes' | 'silent'): Promise<{ port: number; taken: string[] }> {
  const taken: string[] = []
  const sockets = new Set<Socket>()
  const listening = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    if (kind === 'silent') return
    let isData = false
    let rest = ''
    socket.write('220 here\r\n')
    socket.on('data', chunk => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (isData && line !== '.') continue
        if (line === '.') taken.push(line)
        isData = line === 'DATA'
        socket.write(line === 'DATA' ? '354 go\r\n' : line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n')
      }
    })
  })
  await new Promise<void>(resolve => listening.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    listening.close()
  })
  const address = listening.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { port: address.port, taken }
}

function account(name: string, port: number): Account {
  const parsed = parseConfig(
    `[accounts.${name}]\nemail = "${name}@home.example"\nauth = "none"\n[accounts.${name}.smtp]\nhost = "127.0.0.1"\nport = ${port}\ntls = "none"`,
  )
  const [found] = parsed.ok ? parsed.value.accounts : []
  if (found === undefined) throw new Error('no account')
  return found
}

function queue(box: TestMailbox, name: string): number {
  const content: DraftContent = {
    from: `${name}@home.example`,
    to: [{ name: null, email: 'ann@a.example' }],
    cc: [],
    bcc: [],
    subject: 's',
    body: 'b',
    markup: true,
    files: [],
    answers: null,
  }
  const draft = value(box.writer.saveDraft({ account: name, content, messageId: 'm@home.example' }))
  const envelope = { from: content.from, to: ['ann@a.example'] }
  const digest = digestOf(envelope, bytes)
  const send = value(
    box.writer.prepareSend({
      draft: draft.id,
      revision: 1,
      account: name,
      messageId: 'm@home.example',
      digest,
      subject: 's',
      envelope,
      bytes,
      bcc: [],
      notBefore: box.clock.at,
      isScheduled: false,
    }),
  )
  value(box.writer.queueSend({ id: send.id, digest, notBefore: box.clock.at, wantsCopy: false }))
  return send.id
}

function office(box: TestMailbox, accounts: readonly Account[]) {
  const { writer } = box
  let tell = () => {}
  const made = new PostOffice({
    clock: box.clock,
    log: { debug() {}, info() {}, warn() {}, error() {}, close() {} },
    writer: {
      claimSend: async claim => writer.claimSend(claim),
      noteEnding: async id => writer.noteEnding(id),
      settleSend: async settlement => writer.settleSend(settlement),
      recoverSends: async () => writer.recoverSends(),
    },
    reader: box.reader,
    accounts: () => accounts,
    credentials: {
      password: () => Promise.reject(new Error('nobody logs in here')),
      keep: () => Promise.reject(new Error('nothing is kept here')),
      forget: () => Promise.reject(new Error('nothing is forgotten here')),
    },
    lateMaxMs: 3_600_000,
    random: () => 0.5,
    onChange: () => {},
    onStuck: () => {},
    onFree: () => {},
    onTried: () => tell(),
  })
  return { made, tried: () => new Promise<void>(resolve => (tell = resolve)) }
}

describe('the post office', () => {
  test('lets a server that does not answer hold up nobody else’s mail', async () => {
    const box = mailbox()
    const silent = await server('silent')
    const good = await server('takes')
    const sends = [queue(box, 'slow'), queue(box, 'quick')]
    const { made, tried } = office(box, [account('slow', silent.port), account('quick', good.port)])
    const done = tried()
    made.run()
    await done
    expect(sends.map(id => sendById(box.reader.statements, id)?.state)).toEqual(['sending', 'sent'])
    expect(good.taken).toHaveLength(1)
    expect(made.nextInMs()).toBeNull()
    for (const close of closers.splice(0)) close()
    await made.stop()
    expect(sendById(box.reader.statements, sends[0] ?? 0)?.state).toBe('waiting')
  })

  test('does not turn round and round for an account that is gone', () => {
    const box = mailbox()
    queue(box, 'gone')
    const { made } = office(box, [])
    made.run()
    expect(made.nextInMs()).toBeNull()
  })

  test('sends nothing that is not what was decided on', async () => {
    const box = mailbox()
    const good = await server('takes')
    const send = queue(box, 'quick')
    box.writer.close()
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(box.path)
    database.prepare('UPDATE send_recipients SET address = ?').run('spy@evil.example')
    database.close()
    const again = mailbox(box.path)
    const { made, tried } = office(again, [account('quick', good.port)])
    const done = tried()
    made.run()
    await done
    expect(sendById(again.reader.statements, send)).toMatchObject({
      state: 'failed',
      detail: 'the message is not the one that was decided on',
    })
    expect(good.taken).toEqual([])
  })
})
