import { chmodSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fact, Place } from './fixture.ts'

let place: Place
let close: (() => void) | undefined
beforeEach(() => {
  place = new Place()
  place.submit({})
})
afterEach(() => close?.())

type Answer = (response: ServerResponse, request: IncomingMessage, body: string) => void

/** A server on loopback, and its address. */
async function serve(answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => answer(response, request, body))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  close = () => {
    server.closeAllConnections()
    server.close()
  }
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v1`
}

const says = (content: unknown, more: object = {}) =>
  JSON.stringify({ model: 'tiny-1', choices: [{ message: { content, ...more }, finish_reason: 'stop' }] })
const plain =
  (text: string): Answer =>
  response =>
    response.end(text)

test('a server on this machine is asked for text, offered no tool, and its name for itself is written down', async () => {
  let asked: { path?: string | undefined; authorization?: string | undefined; body?: string } = {}
  const url = await serve((response, { url: path, headers }, body) => {
    asked = { path, authorization: headers.authorization, body }
    response.end(says(fact))
  })
  const [item] = await place.run(`url = "${url}"\nmodel = "tiny"`)
  expect(item).toMatchObject({ state: 'accepted', facts: 1 })
  expect(asked).toMatchObject({ path: '/v1/chat/completions', authorization: undefined })
  const body = JSON.parse(asked.body ?? '')
  expect(Object.keys(body).sort()).toEqual(['messages', 'model', 'stream', 'temperature'])
  expect(place.sourceOf(item?.id ?? '')?.get('model')).toBe('tiny-1')
  expect(place.sourceOf(item?.id ?? '')?.get('processor')).toBe('http:m')
})

describe('S7.13: a server that', () => {
  test.each<[string, Answer, string, string]>([
    ['fails', response => response.writeHead(500).end('canary'), 'pending', 'model_status'],
    ['knows us not', response => response.writeHead(401).end(), 'pending', 'model_status'],
    [
      'sends us elsewhere',
      response => response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(),
      'pending',
      'model_redirects',
    ],
    ['answers no JSON', plain('<html>'), 'quarantined', 'reply_refused.reply_not_json'],
    ['answers another JSON', plain('{"choices":[]}'), 'quarantined', 'reply_refused.reply_not_json'],
    [
      'answers bytes',
      response => response.end(Buffer.from([0xff, 0xfe])),
      'quarantined',
      'reply_refused.reply_not_utf8',
    ],
    ['answers prose', plain(says('Sure, here you are:')), 'quarantined', 'reply_refused.NoForm'],
    ['answers nothing', plain(says(null)), 'quarantined', 'reply_refused.reply_empty'],
    [
      'calls a tool',
      plain(says(fact, { tool_calls: [{ function: { name: 'shell', arguments: '{}' } }] })),
      'quarantined',
      'reply_refused.reply_calls_tools',
    ],
    ['is cut off', plain(says(fact).replace('"stop"', '"length"')), 'quarantined', 'reply_refused.reply_cut'],
    ['retires', plain(says('(retire @dora)')), 'quarantined', 'reply_refused.HeadNotAllowed'],
    ['hangs up', response => response.destroy(), 'pending', 'model_unreachable'],
  ])('%s fails this draft alone', async (_, answer, state, code) => {
    expect(await place.run(`url = "${await serve(answer)}"`)).toMatchObject([{ state, code }])
    expect(place.objects('(query :kind sem)')).toEqual([])
  })

  test('is slow, also after its first bytes, is left at the time', async () => {
    const url = await serve(response => {
      response.write('{"choices":')
    })
    expect(await place.run(`url = "${url}"\ntimeout_s = 1`)).toMatchObject([{ code: 'model_timed_out' }])
  })

  test('never ends is left at the cap', async () => {
    const url = await serve(response => {
      const more = () => response.write('x'.repeat(64 * 1024), error => error == null && more())
      more()
    })
    expect(await place.run(`url = "${url}"`)).toMatchObject([{ code: 'model_output_too_large' }])
  })

  test('is not there is said so', async () => {
    expect(await place.run('url = "http://127.0.0.1:1/v1"')).toMatchObject([{ code: 'model_unreachable' }])
  })
})

describe('the key of a server', () => {
  const server = async (keys: (string | undefined)[]) =>
    serve((response, { headers }) => {
      keys.push(headers.authorization)
      response.end(says(fact))
    })

  test('comes from a file that only the person can read', async () => {
    const keys: (string | undefined)[] = []
    const file = join(place.directory, 'key')
    writeFileSync(file, 'canary-key\n', { mode: 0o600 })
    const settings = `url = "${await server(keys)}"\nkey_file = "${file}"`
    expect(await place.run(settings)).toMatchObject([{ state: 'accepted' }])
    expect(keys).toEqual(['Bearer canary-key'])
    chmodSync(file, 0o644)
    place.submit({ text: 'another' })
    expect(await place.run(settings)).toMatchObject([{ state: 'pending', code: 'model_key' }])
    expect(keys).toHaveLength(1)
  })

  test('comes from what the person’s own command prints', async () => {
    const keys: (string | undefined)[] = []
    const url = await server(keys)
    expect(await place.run(`url = "${url}"\nkey_command = ["echo", "canary-key"]`)).toMatchObject([
      { state: 'accepted' },
    ])
    expect(keys).toEqual(['Bearer canary-key'])
    place.submit({ text: 'another' })
    expect(await place.run(`url = "${url}"\nkey_command = ["false"]`)).toMatchObject([{ code: 'model_key' }])
  })
})
