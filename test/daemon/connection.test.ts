import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#base/clock.ts'
import { ok } from '#base/result.ts'
import { person } from '#daemon/gate/identity.ts'
import { EventBus } from '../../src/daemon/events/bus.ts'
import { encodeFrame, FrameReader } from '../../src/daemon/protocol/frame.ts'
import { Connection, type Surroundings } from '../../src/daemon/server/connection.ts'
import { newDirectory } from '../postern.ts'

/** One connection at a real socket, with what lies behind it chosen by the test. */
async function connection(around: Partial<Surroundings> = {}) {
  const events = new EventBus(systemClock)
  let underWay: AbortSignal | undefined
  const path = join(newDirectory('s'), 's')
  const server = createServer(socket => {
    new Connection(1, socket, {
      clock: systemClock,
      events,
      patience: { helloMs: 60_000, frameMs: 60_000 },
      admit: id =>
        ok({
          caller: { connection: id, identity: person, client: 'test' },
          hello: { protocol: 1, server: '0', build: '0', instance: 'i', pid: 1, features: [] },
        }),
      dispatch: async ({ request }, call) => {
        if (request === 'subscribe') call.subscribe({})
        if (request === 'wait') {
          underWay = call.signal
          await once(call.signal, 'abort')
        }
        return ok({ done: request })
      },
      onClose: () => undefined,
      ...around,
    })
  })
  server.listen(path)
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  const client = connect(path)
  onTestFinished(() => {
    client.destroy()
  })
  client.on('error', () => undefined)
  return { client, events, signal: () => underWay }
}

function send(client: Socket, value: unknown): void {
  const frame = encodeFrame(value)
  if (frame.ok) client.write(frame.value)
}

/** Everything that comes, as it comes. */
async function* frames(client: Socket): AsyncGenerator<Readonly<Record<string, unknown>>> {
  const reader = new FrameReader(8 * 1024 * 1024)
  for await (const chunk of client) {
    reader.push(Buffer.from(chunk))
    for (let frame = reader.next(); frame?.ok === true; frame = reader.next()) yield frame.value
  }
}

describe('a client that is slow on purpose', () => {
  test('says nothing: it is told that time is up, and let go', async () => {
    const { client } = await connection({ patience: { helloMs: 30, frameMs: 60_000 } })
    const said = await Array.fromAsync(frames(client))
    expect(said).toEqual([{ error: expect.objectContaining({ code: 'deadline_exceeded' }) }])
  })

  test('begins a frame and never ends it, a byte at a time', async () => {
    const { client } = await connection({ patience: { helloMs: 60_000, frameMs: 100 } })
    send(client, { hello: {} })
    const drip = setInterval(() => client.write('\0'), 10)
    onTestFinished(() => clearInterval(drip))
    const header = Buffer.alloc(4)
    header.writeUInt32BE(1_000_000)
    client.write(header)
    const said = await Array.fromAsync(frames(client))
    expect(said.at(-1)).toEqual({ error: expect.objectContaining({ code: 'deadline_exceeded' }) })
  })

  test('is quiet between frames: that is what clients who wait for events do', async () => {
    const { client } = await connection({ patience: { helloMs: 30, frameMs: 30 } })
    send(client, { hello: {} })
    const coming = frames(client)
    await coming.next()
    await new Promise(resolve => setTimeout(resolve, 80))
    send(client, { id: 1, request: 'echo' })
    expect((await coming.next()).value).toEqual({ id: 1, result: { done: 'echo' } })
  })
})

describe('a client that does not read', () => {
  test('loses events, is told how many, and gets every answer', async () => {
    const { client, events } = await connection()
    send(client, { hello: {} })
    send(client, { id: 1, request: 'subscribe' })
    const coming = frames(client)
    await coming.next()
    await coming.next()
    client.pause()
    const ids = Array.from({ length: 500 }, (_, at) => `message-${at}`)
    const total = 2_000
    for (let count = 0; count < total; count++) events.emit('messages.arrived', { ids, total: 500 })
    send(client, { id: 2, request: 'echo' })
    let received = 0
    for await (const frame of coming) {
      if (frame.event === 'messages.arrived') received++
      if (frame.event !== 'events.lagged') continue
      expect(frame.data).toEqual({ skipped: total - received })
      break
    }
    expect(received).toBeLessThan(total)
  })
})

test('who may see one account hears nothing of the others, nor what names none', async () => {
  const { client, events } = await connection({
    dispatch: async (_, call) => {
      call.subscribe({ accounts: ['work'] })
      return ok({})
    },
  })
  send(client, { hello: {} })
  send(client, { id: 1, request: 'subscribe' })
  const coming = frames(client)
  await coming.next()
  await coming.next()
  events.emit('messages.arrived', { ids: ['a'], total: 1 }, 'home')
  events.emit('messages.arrived', { ids: ['b'], total: 1 })
  events.emit('messages.arrived', { ids: ['c'], total: 1 }, 'work')
  expect((await coming.next()).value).toMatchObject({ account: 'work', data: { ids: ['c'] } })
})

test('a client that goes away cancels what it asked for', async () => {
  const { client, signal } = await connection()
  send(client, { hello: {} })
  send(client, { id: 1, request: 'wait' })
  await expect.poll(() => signal() !== undefined).toBe(true)
  client.destroy()
  await expect.poll(() => signal()?.aborted).toBe(true)
})
