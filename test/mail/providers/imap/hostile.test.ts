import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '#base/clock.ts'
import { ok, type Result } from '#base/result.ts'
import { Secret } from '#base/secret.ts'
import { ImapProvider, type ImapServer } from '#mail/providers/imap/index.ts'
import type { ChangePage } from '#mail/providers/provider.ts'
import type { ProviderError } from '#mail/providers/provider-error.ts'
import { type Answer, type LyingOptions, lyingServer } from './lying-server.ts'

const signal = new AbortController().signal
const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function against(answer: Answer, options: LyingOptions = {}, more: Partial<ImapServer> = {}) {
  const server = await lyingServer(answer, options)
  const provider = new ImapProvider({
    account: 'home',
    server: () => ok({ host: '127.0.0.1', port: server.port, tls: 'none', ...more }),
    login: async () => ok({ user: 'alice', password: new Secret('secret-word') }),
    clock: systemClock,
  })
  stops.push(
    () => provider.close(),
    () => server.stop(),
  )
  return { server, provider }
}

async function pull(
  provider: ImapProvider,
  cursor: string | null = null,
): Promise<Result<ChangePage, ProviderError>[]> {
  const pages: Result<ChangePage, ProviderError>[] = []
  for await (const page of provider.changes({ mailbox: 'INBOX', cursor, known: () => [], signal })) pages.push(page)
  return pages
}

/** Opens a mailbox of so many messages, and answers FETCH as told. */
function opening(exists: number, fetch: Answer, uidnext = exists + 1): Answer {
  return (command, to) => {
    const { tag, socket } = to
    if (command.startsWith('SELECT')) {
      socket.write(`* ${exists} EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT ${uidnext}] x\r\n`)
      socket.write(`* OK [HIGHESTMODSEQ 9] x\r\n${tag} OK [READ-WRITE] open\r\n`)
      return true
    }
    if (command.startsWith('UID SEARCH')) {
      socket.write(`* ESEARCH (TAG "${tag}") UID ALL 1:${exists}\r\n${tag} OK found\r\n`)
      return true
    }
    return command.startsWith('UID FETCH') ? fetch(command, to) : undefined
  }
}

describe('before the login', () => {
  test('a server that closes at once is a network error that may pass', async () => {
    const { provider } = await against(() => undefined, { onConnect: socket => socket.destroy() })
    expect(await provider.mailboxes(signal)).toMatchObject({ ok: false, error: { code: 'network', retryable: true } })
  })

  test('a server that speaks something else is said to', async () => {
    const speak = (text: string) => ({ onConnect: (socket: { write(text: string): void }) => socket.write(text) })
    const { provider } = await against(() => undefined, speak('* BYE full of nonsense\r\n'))
    expect(await provider.mailboxes(signal)).toMatchObject({ ok: false })
    const endless = await against(() => undefined, speak('x'.repeat(3 * 1024 * 1024)))
    expect(await endless.provider.mailboxes(signal)).toMatchObject({ ok: false, error: { code: 'protocol' } })
  })

  test('STARTTLS that is not offered, refused or stripped sends no password', async () => {
    for (const capabilities of ['IMAP4rev1', 'IMAP4rev1 STARTTLS']) {
      const refusing: Answer = (command, { tag, socket }) =>
        command.startsWith('STARTTLS') ? socket.write(`${tag} BAD no\r\n`) || true : undefined
      const { provider, server } = await against(refusing, { capabilities }, { tls: 'starttls' })
      expect(await provider.mailboxes(signal)).toMatchObject({
        ok: false,
        error: { code: 'protocol', retryable: false },
      })
      expect(server.heard.join('\n')).not.toMatch(/LOGIN|AUTHENTICATE|secret-word/)
    }
  })

  test('a session that claims to be logged in already gets nothing without TLS', async () => {
    const { provider, server } = await against(
      () => undefined,
      { capabilities: 'IMAP4rev1 STARTTLS', greeting: '* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome' },
      { tls: 'starttls' },
    )
    expect((await provider.mailboxes(signal)).ok).toBe(false)
    expect(server.heard.join('\n')).not.toMatch(/LIST|SELECT|LOGIN/)
  })

  test('another machine is not talked to without TLS at all', async () => {
    const { provider } = await against(() => undefined, {}, { host: '192.0.2.1' })
    expect(await provider.mailboxes(signal)).toMatchObject({ ok: false, error: { code: 'unsupported' } })
  })

  test('a refused password is said once and not tried again', async () => {
    const refusing: Answer = (command, { tag, socket }) => {
      if (!/^(LOGIN|AUTHENTICATE)/.test(command)) return undefined
      socket.write(`${tag} NO [AUTHENTICATIONFAILED] wrong\r\n`)
      return true
    }
    const { provider, server } = await against(refusing, { capabilities: 'IMAP4rev1' })
    const first = await provider.mailboxes(signal)
    expect(first).toMatchObject({ ok: false, error: { code: 'auth', retryable: false } })
    expect(await provider.mailboxes(signal)).toEqual(first)
    expect(JSON.stringify(first)).not.toContain('secret-word')
    expect(server.heard.filter(line => line.includes('LOGIN')).length).toBe(1)
  })
})

describe('with a mailbox open', () => {
  test('a literal of two gigabytes is not waited for', async () => {
    const { provider } = await against(
      opening(1, (_, { socket }) => socket.write('* 1 FETCH (UID 1 BODY[] {2147483648}\r\n') || true),
    )
    expect((await pull(provider)).at(-1)).toMatchObject({ ok: false, error: { code: 'protocol', retryable: false } })
  })

  test('a message too large to keep is passed over, and the others come', async () => {
    const big = 129 * 1024 * 1024
    const { provider } = await against(
      opening(2, (_, { tag, socket }) => {
        socket.write(`* 1 FETCH (UID 1 FLAGS () BODY[] {${big}}\r\n`)
        for (let sent = 0; sent < big; sent += 1024 * 1024) socket.write(Buffer.alloc(1024 * 1024, 0x61))
        socket.write(`)\r\n* 2 FETCH (UID 2 FLAGS (\\Seen) BODY[] {5}\r\nhello)\r\n${tag} OK done\r\n`)
        return true
      }),
    )
    const pages = await pull(provider)
    const values = pages.flatMap(page => (page.ok ? page.value : []))
    expect(values.flatMap(({ skipped }) => skipped)).toEqual([{ uid: 1, reason: 'too_large', sizeBytes: big }])
    expect(values.flatMap(({ arrivals }) => arrivals.map(({ uid }) => uid))).toEqual([2])
  })

  test('messages that nobody asked for, twice or without a body, are not taken', async () => {
    const { provider } = await against(
      opening(2, (_, { tag, socket }) => {
        const body = 'BODY[] {2}\r\nhi'
        socket.write(`* 1 FETCH (UID 1 ${body})\r\n* 1 FETCH (UID 1 ${body})\r\n* 9 FETCH (UID 99 ${body})\r\n`)
        socket.write(`* 2 FETCH (UID 2 BODY[] NIL)\r\n${tag} OK done\r\n`)
        return true
      }),
    )
    const values = (await pull(provider)).flatMap(page => (page.ok ? page.value : []))
    expect(values.flatMap(({ arrivals }) => arrivals.map(({ uid }) => uid))).toEqual([1])
    expect(values.flatMap(({ skipped }) => skipped)).toMatchObject([{ uid: 2, reason: 'unreadable' }])
  })

  test('a server that claims four billion messages is refused, not believed', async () => {
    const { provider } = await against(opening(4_294_967_294, () => undefined, 4_294_967_295))
    expect((await pull(provider)).at(-1)).toMatchObject({ ok: false, error: { code: 'protocol' } })
  })

  test('more messages than it gives end with what it gave, and the next look asks again', async () => {
    const { provider, server } = await against(
      opening(
        3,
        (_, { tag, socket }) => socket.write(`* 1 FETCH (UID 1 BODY[] {2}\r\nhi)\r\n${tag} OK done\r\n`) || true,
      ),
    )
    const pages = await pull(provider)
    expect(pages.every(page => page.ok)).toBe(true)
    expect(server.heard.filter(line => line.includes('UID FETCH')).length).toBe(1)
  })

  const nonsense: Readonly<Record<string, string>> = {
    'a line without end': '* OK '.padEnd(40 * 1024 * 1024, 'x'),
    'nesting without end': `* 1 FETCH ${'('.repeat(100_000)}\r\n`,
    'an answer to nobody': 'X9 OK surprise\r\n',
    'a literal of nineteen nines': '* 1 FETCH (UID 1 BODY[] {9999999999999999999}\r\n',
    'binary noise': `${String.fromCharCode(...Array.from({ length: 256 }, (_, at) => at)).repeat(50)}\r\n`,
    'quotes without end': '* 1 FETCH (UID 1 FLAGS ("\r\n',
  }
  for (const [name, text] of Object.entries(nonsense)) {
    test(`${name} ends the connection with a typed error`, async () => {
      const { provider } = await against(
        opening(1, (_, { socket }) => {
          socket.write(Buffer.from(text, 'latin1'))
          return true
        }),
      )
      expect((await pull(provider)).at(-1)).toMatchObject({ ok: false, error: { code: 'protocol' } })
    })
  }

  test('no UIDVALIDITY is no mailbox', async () => {
    const { provider } = await against((command, { tag, socket }) =>
      command.startsWith('SELECT') ? socket.write(`* 3 EXISTS\r\n${tag} OK open\r\n`) || true : undefined,
    )
    expect((await pull(provider)).at(-1)).toMatchObject({ ok: false, error: { code: 'protocol' } })
  })

  test('extensions that are announced and not understood are done without', async () => {
    const { provider } = await against((command, to) => {
      if (/\((CONDSTORE|QRESYNC)/.test(command)) return to.socket.write(`${to.tag} BAD what?\r\n`) || true
      return opening(
        1,
        (_, { tag, socket }) => socket.write(`* 1 FETCH (UID 1 BODY[] {2}\r\nhi)\r\n${tag} OK\r\n`) || true,
      )(command, to)
    })
    const values = (await pull(provider)).flatMap(page => (page.ok ? page.value : []))
    expect(values.flatMap(({ arrivals }) => arrivals.length)).toEqual([1, 0])
  })

  test('what a server says cannot steer a terminal', async () => {
    const { provider } = await against((command, { tag, socket }) =>
      command.startsWith('LIST') ? socket.write(`${tag} NO \x1b[31mred\x07 \u202egnp\r\n`) || true : undefined,
    )
    const listed = await provider.mailboxes(signal)
    expect(listed.ok ? '' : listed.error.message).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/)
  })

  test('a mailbox whose name is a command is a name', async () => {
    const { provider, server } = await against(opening(0, () => undefined))
    const read = provider.changes({ mailbox: 'x"\r\nP9 LOGOUT', cursor: null, known: () => [], signal })
    await read.next()
    expect(server.heard.some(line => line.startsWith('P9'))).toBe(false)
  })
})

describe('a move on a server without MOVE, of what is marked as deleted', () => {
  const capabilities = 'IMAP4rev1 UIDPLUS'
  const target = { mailbox: 'INBOX', uidvalidity: 7, uid: 5 }

  interface Archive {
    /** What it holds as message 3. */
    readonly message?: string
    readonly validities?: readonly number[]
    readonly select?: string
    /** What it answers to a search by Message-ID. */
    readonly search?: string
  }

  /** Message 5 of INBOX is marked, and reads so. */
  function marked(message: string, archive: Archive = {}): Answer {
    let opened = 0
    let mailbox = ''
    return (command, { tag, socket }) => {
      const read = (number: number, text: string) =>
        socket.write(`* 1 FETCH (UID ${number} BODY[] {${text.length}}\r\n${text})\r\n${tag} OK\r\n`)
      if (command.startsWith('SELECT')) {
        mailbox = command
        if (mailbox.includes('Archive') && archive.select !== undefined) {
          socket.write(`${tag} ${archive.select}\r\n`)
          return true
        }
        const uidvalidity = archive.validities?.[opened++] ?? 7
        socket.write(`* 1 EXISTS\r\n* OK [UIDVALIDITY ${uidvalidity}] x\r\n* OK [UIDNEXT 9] x\r\n`)
        socket.write(`${tag} OK [READ-WRITE] open\r\n`)
      } else if (command.startsWith('UID SEARCH UID')) socket.write(`* SEARCH 5\r\n${tag} OK found\r\n`)
      else if (command.startsWith('UID SEARCH') && archive.search !== undefined)
        socket.write(`${tag} ${archive.search}\r\n`)
      else if (command.startsWith('UID SEARCH')) socket.write(`* SEARCH 3\r\n${tag} OK found\r\n`)
      else if (command.startsWith('UID FETCH 5') && mailbox.includes('INBOX')) read(5, message)
      else if (command.startsWith('UID FETCH 3')) read(3, archive.message ?? message)
      else return undefined
      return true
    }
  }
  const letter = 'Message-ID:\r\n <a@b>\r\n\r\none'
  const move = { kind: 'move', targets: [target], to: 'Archive' } as const

  const changes = (heard: readonly string[]) =>
    heard.flatMap(line => /^\S+ (UID (?:STORE \d+ [+-]|COPY|EXPUNGE))/.exec(line)?.[1] ?? [])

  test('is only removed where its copy is found', async () => {
    const { provider, server } = await against(marked(letter), { capabilities })
    expect(await provider.apply(move, signal)).toEqual({ ok: true, value: [{ status: 'done' }] })
    expect(server.heard.join('\n')).toContain('UID SEARCH HEADER Message-ID "<a@b>" LARGER 25 SMALLER 27 UNDELETED')
    expect(changes(server.heard)).toEqual(['UID STORE 5 +', 'UID EXPUNGE'])
  })

  test('is copied where another message of its Message-ID and size lies', async () => {
    const { provider, server } = await against(marked(letter, { message: letter.replace('one', 'two') }), {
      capabilities,
    })
    expect((await provider.apply(move, signal)).ok).toBe(true)
    expect(changes(server.heard).slice(0, 2)).toEqual(['UID STORE 5 -', 'UID COPY'])
  })

  test('is not left marked where the folder is gone', async () => {
    const { provider, server } = await against(marked(letter, { select: 'NO there is none' }), { capabilities })
    await provider.apply(move, signal)
    expect(changes(server.heard)[0]).toBe('UID STORE 5 -')
  })

  test('is copied where the server does not search by header', async () => {
    const { provider, server } = await against(marked(letter, { search: 'NO cannot do that' }), { capabilities })
    expect((await provider.apply(move, signal)).ok).toBe(true)
    expect(changes(server.heard).slice(0, 2)).toEqual(['UID STORE 5 -', 'UID COPY'])
  })

  test('waits for a server that cannot search just now', async () => {
    const { provider, server } = await against(marked(letter, { search: 'NO [UNAVAILABLE] later' }), { capabilities })
    expect(await provider.apply(move, signal)).toMatchObject({ ok: false, error: { retryable: true } })
    expect(changes(server.heard)).toEqual([])
  })

  test('is not touched when the mailbox is another by then', async () => {
    const { provider, server } = await against(marked(letter, { validities: [7, 1, 8] }), { capabilities })
    expect(await provider.apply(move, signal)).toMatchObject({ ok: false, error: { code: 'conflict' } })
    expect(changes(server.heard)).toEqual([])
  })

  test.each(['Message-ID: <a"b>', 'Message-ID: <a\\b>', 'Message-ID: <a@b> UID 1:*', 'Subject: <a@b>', ''])(
    'is copied when its name cannot be looked for: %s',
    async line => {
      const { provider, server } = await against(marked(`${line}\r\n\r\nMessage-ID: <c@d>\r\n`), { capabilities })
      expect((await provider.apply(move, signal)).ok).toBe(true)
      expect(server.heard.join('\n')).not.toContain('HEADER Message-ID')
      expect(changes(server.heard).slice(0, 2)).toEqual(['UID STORE 5 -', 'UID COPY'])
    },
  )
})
