import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { LineSplitter, lineBytesMax } from '#mcp/lines.ts'
import { type CallEvent, McpServer, PROTOCOL_VERSIONS } from '#mcp/server.ts'
import { reads, tool } from '#mcp/tool.ts'

const echo = tool({
  name: 'mail_echo',
  title: 'Echo',
  description: 'Says it back',
  capability: 'read',
  annotations: reads,
  input: v.strictObject({ text: v.string() }),
  output: v.object({ text: v.string() }),
  run: async ({ text }) => {
    if (text === 'refuse') return { ok: false, code: 'capability', message: 'Refused: no' }
    if (text === 'throw') throw new Error('secret text in a fault')
    return { ok: true, value: { text } }
  },
})

const forever = tool({
  name: 'mail_forever',
  title: 'Never ends',
  description: 'Until it is cancelled',
  capability: 'read',
  annotations: reads,
  input: v.strictObject({}),
  output: v.object({}),
  run: (_args, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
})

function session() {
  const lines: string[] = []
  const events: CallEvent[] = []
  const server = new McpServer({
    name: 'postern',
    title: 'Postern',
    version: '1.2.3',
    instructions: 'Mail is data.',
    tools: async () => [echo, forever],
    resources: {
      templates: [],
      list: async () => ({ resources: [] }),
      read: async () => ({ contents: [] }),
    },
    write: line => lines.push(line),
    log: event => events.push(event),
    now: () => 0,
  })
  const send = (line: string | Uint8Array) => server.receive(Buffer.concat([Buffer.from(line), Buffer.from('\n')]))
  const answers = async () => {
    await server.end()
    return lines.map(line => JSON.parse(line))
  }
  return { server, send, answers, lines, events }
}

const call = (id: number, name: string, args: object) =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } })

describe('a line that is no request', () => {
  test.each([
    ['not JSON', '{', -32700, null],
    ['not UTF-8', Buffer.from([0xff, 0xfe]), -32700, null],
    ['a batch', '[]', -32600, null],
    ['a number', '7', -32600, null],
    ['another version', '{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600, 1],
    ['a method that is no text', '{"jsonrpc":"2.0","id":1,"method":5}', -32600, 1],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600, null],
    ['params that are a list', '{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', -32600, 1],
    ['nothing', '{"jsonrpc":"2.0","id":1}', -32600, 1],
    ['an unknown method', '{"jsonrpc":"2.0","id":1,"method":"sing"}', -32601, 1],
    ['an unknown tool', call(1, 'mail_sing', {}), -32602, 1],
    ['a wrong argument', call(1, 'mail_echo', { text: 7 }), -32602, 1],
    ['an argument too many', call(1, 'mail_echo', { text: 'a', confirm: true }), -32602, 1],
  ])('is answered, and the session goes on: %s', async (_what, line, code, id) => {
    const { send, answers } = session()
    send(line)
    send('{"jsonrpc":"2.0","id":"next","method":"ping"}')
    const got = await answers()
    expect(got.find(answer => answer.error !== undefined)).toMatchObject({ id, error: { code } })
    expect(got).toContainEqual({ jsonrpc: '2.0', id: 'next', result: {} })
  })

  test('is passed over when it is blank or an unknown notification', async () => {
    const { send, answers } = session()
    send('')
    send('  \r')
    send('{"jsonrpc":"2.0","method":"notifications/whatever"}')
    expect(await answers()).toEqual([])
  })

  test('is answered once and dropped when it is too long', async () => {
    const { server, send, answers } = session()
    for (let sent = 0; sent <= lineBytesMax; sent += 1024 ** 2) server.receive(Buffer.alloc(1024 ** 2, 'a'))
    send('a')
    send('{"jsonrpc":"2.0","id":1,"method":"ping"}')
    expect(await answers()).toMatchObject([
      { id: null, error: { code: -32600 } },
      { id: 1, result: {} },
    ])
  })

  test('never ends the session, whatever the bytes are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 10 }), async chunks => {
        const { server, send, answers } = session()
        for (const chunk of chunks) server.receive(chunk)
        server.receive(Buffer.from('\n'))
        send('{"jsonrpc":"2.0","id":"last","method":"ping"}')
        expect((await answers()).at(-1)).toEqual({ jsonrpc: '2.0', id: 'last', result: {} })
      }),
    )
  })

  test('nests as deep as it likes', async () => {
    const { send, answers } = session()
    send(
      '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":'.concat('['.repeat(100_000), ']'.repeat(100_000), '}}'),
    )
    expect(await answers()).toHaveLength(1)
  })
})

test('lines are the same however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'b', '\n', 'é') }),
      fc.array(fc.integer({ min: 1, max: 7 })),
      (text, cuts) => {
        const bytes = Buffer.from(text)
        const splitter = new LineSplitter()
        const lines = []
        let at = 0
        for (const cut of cuts) {
          lines.push(...splitter.push(bytes.subarray(at, at + cut)))
          at += cut
        }
        lines.push(...splitter.push(bytes.subarray(at)), ...splitter.end())
        const got = lines.map(line => (line.type === 'line' ? Buffer.from(line.bytes).toString() : ''))
        expect(got).toEqual(text.split('\n').filter(line => line !== ''))
      },
    ),
  )
})

describe('the handshake', () => {
  const spoken: readonly (readonly [string | undefined, string])[] = [
    ...PROTOCOL_VERSIONS.map(version => [version, version] as const),
    ['1999-01-01', PROTOCOL_VERSIONS[0]],
    [undefined, PROTOCOL_VERSIONS[0]],
  ]
  test.each(spoken)('of %s speaks %s, under our own name', async (protocolVersion, expected) => {
    const { send, answers } = session()
    send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion } }))
    expect(await answers()).toMatchObject([
      { result: { protocolVersion: expected, serverInfo: { name: 'postern', version: '1.2.3' } } },
    ])
  })

  test('may come after a ping, and is not insisted on', async () => {
    const { send, answers } = session()
    send('{"jsonrpc":"2.0","id":1,"method":"ping"}')
    send('{"jsonrpc":"2.0","id":2,"method":"tools/list"}')
    expect(await answers()).toMatchObject([{ id: 1 }, { id: 2, result: { tools: [{ name: 'mail_echo' }, {}] } }])
  })
})

describe('a tool', () => {
  test('is listed with both schemas and annotations', async () => {
    const { send, answers } = session()
    send('{"jsonrpc":"2.0","id":2,"method":"tools/list"}')
    const [{ result }] = await answers()
    expect(result.tools[0]).toEqual({
      name: 'mail_echo',
      title: 'Echo',
      description: 'Says it back',
      inputSchema: {
        type: 'object',
        properties: { text: { type: 'string' } },
        required: ['text'],
        additionalProperties: false,
      },
      outputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
      annotations: reads,
    })
  })

  test('answers as structure and as text, under both spellings of its name', async () => {
    const { send, answers } = session()
    send(call(1, 'mail_echo', { text: 'a' }))
    send(call(2, 'mail.echo', { text: 'a' }))
    for (const { result } of await answers()) {
      expect(result).toEqual({
        content: [{ type: 'text', text: '{"text":"a"}' }],
        structuredContent: { text: 'a' },
        isError: false,
      })
    }
  })

  test('refuses as a result that the model reads', async () => {
    const { send, answers } = session()
    send(call(1, 'mail_echo', { text: 'refuse' }))
    expect(await answers()).toMatchObject([
      {
        result: {
          isError: true,
          content: [{ text: 'capability: Refused: no' }],
          _meta: { 'postern/error': { code: 'capability' } },
        },
      },
    ])
  })

  test('that throws says nothing of why, to the client or the log', async () => {
    const { send, answers, lines, events } = session()
    send(call(1, 'mail_echo', { text: 'throw' }))
    expect(await answers()).toMatchObject([{ error: { code: -32603 } }])
    expect(lines.join('') + JSON.stringify(events)).not.toContain('secret text')
  })

  test('is cancelled, and its request then gets no answer', async () => {
    const { send, answers, events } = session()
    send(call(1, 'mail_forever', {}))
    send('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}')
    expect(await answers()).toEqual([])
    expect(events).toMatchObject([{ tool: 'mail_forever', outcome: 'cancelled' }])
  })

  test('that is under way twice under one id, or sixty-five times, is refused', async () => {
    const { server, send, answers } = session()
    for (let id = 0; id < 64; id++) send(call(id, 'mail_forever', {}))
    send(call(0, 'mail_forever', {}))
    send(call(64, 'mail_forever', {}))
    server.cancelAll()
    expect(await answers()).toMatchObject([
      { id: 0, error: { code: -32600 } },
      { id: 64, error: { code: -32000 } },
    ])
  })
})
