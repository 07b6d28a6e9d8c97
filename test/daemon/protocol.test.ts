import { describe, expect, test } from 'vitest'
import { formatMessageId } from '../../src/mail/store/index.ts'
import { clientOf, helloOf, newInstance, RawClient, startDaemon, withMail } from './daemon.ts'

const ping = { request: 'daemon.ping', params: {} }

describe('who is not let in', () => {
  test.each([
    ['another first frame than a hello', { id: 1, ...ping }, 'hello_expected'],
    ['a hello that lacks half', { hello: { protocol: [1, 1] } }, 'hello_expected'],
  ])('%s', async (_what, frame, code) => {
    const raw = await RawClient.open(await startDaemon())
    raw.send(frame)
    expect(await raw.rest()).toEqual([{ error: expect.objectContaining({ code }) }])
  })

  test.each([
    ['without the key', { key: '' }, 'not_authorized'],
    ['with another key', { key: '0'.repeat(64) }, 'not_authorized'],
    ['of a later protocol', { protocol: [7, 9] }, 'version_unsupported'],
    ['for another data directory', { data_dir: '/somewhere/else' }, 'other_instance'],
    ['for another instance', { instance: 'postern-demo' }, 'other_instance'],
  ])('a client %s', async (_what, said, code) => {
    const daemon = await startDaemon()
    const raw = await RawClient.open(daemon)
    raw.send({ hello: { ...helloOf(daemon), ...said } })
    raw.send({ id: 1, ...ping })
    expect(await raw.rest()).toEqual([{ error: expect.objectContaining({ code }) }])
  })

  test('the key is not told to who lacks it, nor is anything else', async () => {
    const daemon = await startDaemon()
    const raw = await RawClient.open(daemon)
    raw.send({ hello: { ...helloOf(daemon), key: 'x' } })
    const said = JSON.stringify(await raw.rest())
    expect(said).not.toContain(String(helloOf(daemon).key))
    expect(said).not.toContain(daemon.paths.dataDir)
  })

  test('more clients than there is room for are told so; one that goes makes room', async () => {
    const daemon = await startDaemon()
    const first = await Promise.all(Array.from({ length: 64 }, () => RawClient.open(daemon)))
    const [one] = first
    // The connection is only known to be taken once it has been answered.
    for (const raw of first) raw.send({ hello: helloOf(daemon) })
    for (const raw of first) expect(await raw.next()).toHaveProperty('hello')
    const late = await RawClient.open(daemon)
    expect(await late.rest()).toEqual([
      { error: expect.objectContaining({ code: 'too_many_connections', retryable: true }) },
    ])
    one?.socket.end()
    await one?.rest()
    await expect.poll(async () => (await RawClient.greeted(daemon)).socket.destroyed).toBe(false)
  })
})

describe('what is not understood', () => {
  test('is answered with its id where that can be told, and the connection ends', async () => {
    const raw = await RawClient.greeted(await startDaemon())
    raw.send({ id: 5, nonsense: true })
    expect(await raw.rest()).toEqual([{ id: 5, error: expect.objectContaining({ code: 'malformed' }) }])
  })

  test.each([
    ['no JSON', (raw: RawClient) => raw.sendBytes(5, '{{{{{'), 'malformed'],
    ['a length beyond all bounds', (raw: RawClient) => raw.sendBytes(0x7fffffff, '{'), 'frame_too_large'],
    ['an empty frame', (raw: RawClient) => raw.sendBytes(0, ''), 'malformed'],
  ])('%s ends the connection with the reason, and nobody else’s', async (_what, send, code) => {
    const daemon = await startDaemon()
    const other = await clientOf(daemon)
    const raw = await RawClient.greeted(daemon)
    send(raw)
    expect(await raw.rest()).toEqual([{ error: expect.objectContaining({ code }) }])
    expect((await other.request('daemon.ping', {})).ok).toBe(true)
  })

  test('unknown requests, wrong params and unknown fields are refused, and the connection goes on', async () => {
    const raw = await RawClient.greeted(await startDaemon())
    raw.send({ id: 1, request: 'mail.burn', params: {} })
    expect(await raw.next()).toMatchObject({ id: 1, error: { code: 'unknown_request' } })
    raw.send({ id: 2, request: '__proto__', params: {} })
    expect(await raw.next()).toMatchObject({ id: 2, error: { code: 'unknown_request' } })
    raw.send({ id: 3, request: 'mail.search', params: { query: 5 } })
    expect(await raw.next()).toMatchObject({ id: 3, error: { code: 'params_invalid', details: { field: 'query' } } })
    raw.send({ id: 4, request: 'mail.search', params: { query: 'x', acounts: ['work'] } })
    expect(await raw.next()).toMatchObject({ id: 4, error: { code: 'params_invalid' } })
    raw.send({ id: 5, ...ping })
    expect(await raw.next()).toEqual({ id: 5, result: {} })
  })

  test('an id that is in use', async () => {
    const raw = await RawClient.greeted(await startDaemon())
    raw.socket.cork()
    raw.send({ id: 1, ...ping })
    raw.send({ id: 1, ...ping })
    raw.socket.uncork()
    const frames = await raw.rest()
    expect(frames).toContainEqual({ id: 1, error: expect.objectContaining({ code: 'malformed' }) })
  })

  test('a frame that ends in the middle ends with its connection', async () => {
    const daemon = await startDaemon()
    const raw = await RawClient.greeted(daemon)
    raw.sendBytes(1_000, '{"id":1,')
    raw.socket.end()
    expect(await raw.rest()).toEqual([])
    expect((await (await clientOf(daemon)).request('daemon.ping', {})).ok).toBe(true)
  })
})

describe('requests', () => {
  test('are answered by their ids, also a hundred that were sent at once', async () => {
    const raw = await RawClient.greeted(await startDaemon())
    for (let id = 1; id <= 100; id++) raw.send({ id, ...ping })
    const answers = new Map<unknown, Record<string, unknown>>()
    for (let count = 0; count < 100; count++) {
      const frame = await raw.next()
      answers.set(frame?.id, frame ?? {})
    }
    expect(answers.size).toBe(100)
    for (const frame of answers.values()) {
      if ('error' in frame) expect(frame.error).toMatchObject({ code: 'too_many_requests', retryable: true })
    }
    expect([...answers.values()].filter(frame => 'result' in frame).length).toBeGreaterThanOrEqual(32)
  })

  test('one that waits keeps no other of its connection waiting', async () => {
    const instance = newInstance()
    const ids = withMail(instance, [{}]).map(formatMessageId)
    const raw = await RawClient.greeted(await startDaemon(instance))
    const selection = { by: 'ids', ids }
    raw.send({
      id: 1,
      request: 'mail.change',
      params: { changes: [{ action: 'archive' }], selection, client_key: 'key-12345' },
    })
    raw.send({ id: 2, ...ping })
    expect([(await raw.next())?.id, (await raw.next())?.id]).toEqual([2, 1])
  })

  test('a deadline ends the waiting, a cancellation too; what was under way is done all the same', async () => {
    const instance = newInstance()
    const ids = withMail(
      instance,
      Array.from({ length: 200 }, () => ({})),
    ).map(formatMessageId)
    const daemon = await startDaemon(instance)
    const raw = await RawClient.greeted(daemon)
    const change = (client_key: string, read: boolean) => ({
      request: 'mail.change',
      params: { changes: [{ action: 'mark', read }], selection: { by: 'ids', ids }, client_key },
    })
    raw.send({ id: 1, ...change('key-00000001', true) })
    raw.send({ cancel: 1 })
    raw.send({ id: 2, ...change('key-00000002', false), deadline_ms: 1 })
    const frames = [await raw.next(), await raw.next()]
    expect(frames).toContainEqual({ id: 1, error: expect.objectContaining({ code: 'cancelled' }) })
    expect(frames).toContainEqual({ id: 2, error: expect.objectContaining({ code: 'deadline_exceeded' }) })
    // The same keys again: both had been done, once.
    raw.send({ id: 3, ...change('key-00000001', true) })
    expect(await raw.next()).toMatchObject({ id: 3, result: { is_repeat: true, changed: 200 } })
    raw.send({ cancel: 99 })
    raw.send({ id: 4, ...ping })
    expect(await raw.next()).toEqual({ id: 4, result: {} })
  })

  test('an answer that does not fit into a frame is an error of its own', async () => {
    const instance = newInstance()
    withMail(
      instance,
      Array.from({ length: 800 }, () => ({ to: Array.from({ length: 400 }, (_, at) => `someone-${at}@long.example`) })),
    )
    const client = await clientOf(await startDaemon(instance))
    const answer = await client.request('mail.search', { query: 'in:anywhere', limit: 1_000 })
    expect(answer).toMatchObject({ ok: false, error: { code: 'result_too_large' } })
    expect((await client.request('mail.search', { query: 'in:anywhere', limit: 5 })).ok).toBe(true)
  })
})

describe('events', () => {
  test('come to who asked for them, in order, and from where a client was cut off', async () => {
    const instance = newInstance()
    const [one = '', two = ''] = withMail(instance, [{}, {}]).map(formatMessageId)
    const daemon = await startDaemon(instance)
    const worker = await clientOf(daemon)
    const star = (id: string) =>
      worker.request('mail.change', {
        changes: [{ action: 'star', starred: true }],
        selection: { by: 'ids', ids: [id] },
        client_key: `star-${id}`,
      })
    const raw = await RawClient.greeted(daemon)
    raw.send({ id: 1, request: 'events.subscribe', params: { kinds: ['messages.changed'] } })
    expect(await raw.next()).toMatchObject({ id: 1, result: { has_gap: false } })
    await star(one)
    const first = await raw.next()
    expect(first).toMatchObject({ event: 'messages.changed', data: { ids: [one], total: 1 } })
    raw.socket.destroy()
    await star(two)
    const again = await RawClient.greeted(daemon)
    again.send({ id: 1, request: 'events.subscribe', params: { kinds: ['messages.changed'], since_seq: first?.seq } })
    expect(await again.next()).toMatchObject({ result: { has_gap: false } })
    expect(await again.next()).toMatchObject({ event: 'messages.changed', data: { ids: [two] } })
  })

  test('a number that this daemon never gave is a gap', async () => {
    const client = await clientOf(await startDaemon())
    expect(await client.request('events.subscribe', { since_seq: 4_711 })).toMatchObject({ value: { has_gap: true } })
  })
})
