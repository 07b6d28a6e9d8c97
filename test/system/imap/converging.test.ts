import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deliveryBy } from '#mail/providers/deliver.ts'
import type { DeliveryError } from '#mail/providers/delivery.ts'
import type { ImapProvider } from '#mail/providers/imap/index.ts'
import type { MailProvider } from '#mail/providers/provider.ts'
import { type SyncBox, syncBox, value } from '../../mail/sync/box.ts'
import { has } from '../../needs.ts'
import {
  alice,
  type Dovecot,
  type FaultyProxy,
  makeSite,
  type Person,
  RawImap,
  type Site,
  startDovecot,
  startProxy,
} from '../../servers/index.ts'
import { accountAt } from './account.ts'

const signal = new AbortController().signal
const runs = Number(process.env.POSTERN_TEST_RUNS ?? '4')
const stepsPerRun = 40
const folders = ['INBOX', 'Archive', 'Trash']

const variants = {
  qresync: [],
  condstore: ['QRESYNC'],
  bare: ['QRESYNC', 'CONDSTORE', 'MOVE', 'ESEARCH', 'LIST-STATUS', 'ENABLE'],
} as const
type Variant = keyof typeof variants

describe.skipIf(!has('dovecot'))('two clients of one mailbox', () => {
  let site: Site
  const servers = new Map<Variant, Dovecot>()
  const people: Person[] = Array.from({ length: 200 }, (_, at) => ({ ...alice, user: `p${at}@example.org` }))
  beforeAll(async () => {
    site = makeSite()
    for (const person of people) site.addPerson(person)
    for (const variant of Object.keys(variants)) {
      if (isVariant(variant)) servers.set(variant, await startDovecot(site, { without: variants[variant] }))
    }
  })
  afterAll(async () => {
    for (const server of servers.values()) await server.stop()
    if (site !== undefined) rmSync(site.directory, { recursive: true, force: true })
  })
  let taken = 0
  const somebody = () => people[taken++] ?? alice
  const serverOf = (variant: Variant): Dovecot => {
    const server = servers.get(variant)
    if (server === undefined) throw new Error('it was not started')
    return server
  }

  for (const variant of ['qresync', 'condstore', 'bare'] as const) {
    test(`end up with the same, whatever the order and wherever connections break (${variant})`, async () => {
      for (let run = 0; run < runs; run++) {
        const seed = Math.floor(Math.random() * 2 ** 31)
        await expect(converge(serverOf(variant), somebody(), seed), `seed ${seed}`).resolves.toBeUndefined()
      }
    })
  }

  test('QRESYNC, CONDSTORE and neither give the same store', async () => {
    const person = somebody()
    const raw = await RawImap.open(serverOf('qresync').port, person.user, person.password)
    const boxes = [...servers.values()].map(server => ({ box: syncBox(), provider: accountFor(server.port, person) }))
    const random = generator(7)
    for (let step = 0; step < 12; step++) {
      for (let change = 0; change < 6; change++) await changeElsewhere(raw, random, step * 10 + change)
      for (const { box, provider } of boxes) {
        value(await box.pass(provider))
        value(await box.pass(provider))
      }
      const [first, ...others] = boxes.map(({ box }) => box.seen())
      for (const other of others) expect(other).toEqual(first)
      expect(first).toEqual(await seenAtServer(raw))
    }
    for (const { box, provider } of boxes) {
      box.close()
      await provider.close()
    }
    raw.close()
  })

  test('a new UIDVALIDITY leaves no ghost, and every message keeps its id', async () => {
    const person = somebody()
    const server = serverOf('qresync')
    const raw = await RawImap.open(server.port, person.user, person.password)
    for (let number = 0; number < 30; number++) await raw.append('INBOX', letter(number))
    const box = syncBox()
    const provider = accountFor(server.port, person)
    value(await box.pass(provider))
    const ids = idsOf(box)
    await raw.run('SELECT INBOX')
    await raw.run('STORE 1:3 +FLAGS (\\Flagged)')
    await raw.run('STORE 30 +FLAGS (\\Deleted)')
    await raw.run('EXPUNGE')
    raw.close()
    await provider.close()
    server.admin(['mailbox', 'update', '-u', person.user, '--uid-validity', '1234567', 'INBOX'])
    const again = accountFor(server.port, person)
    const report = value(await box.pass(again))
    expect(report.arrived).toBe(0)
    const other = await RawImap.open(server.port, person.user, person.password)
    expect(box.seen()).toEqual(await seenAtServer(other))
    expect(idsOf(box)).toEqual(ids.filter(id => id !== ids.at(-1)))
    expect(box.reader.statements.one('SELECT count(DISTINCT uidvalidity) FROM locations')?.[0]).toBe(1)
    other.close()
    await again.close()
    box.close()
  })

  test('a renamed folder is the same mail under another name, and a deleted one takes only its own', async () => {
    const person = somebody()
    const server = serverOf('condstore')
    const raw = await RawImap.open(server.port, person.user, person.password)
    await raw.run('CREATE Lists')
    for (let number = 0; number < 20; number++) await raw.append('Lists', letter(number))
    await raw.append('INBOX', letter(100))
    const box = syncBox()
    const provider = accountFor(server.port, person)
    value(await box.pass(provider))
    const ids = idsOf(box)
    await raw.run('RENAME Lists Clubs')
    const report = value(await box.pass(provider))
    expect([report.arrived, report.removed]).toEqual([0, 0])
    expect(idsOf(box)).toEqual(ids)
    expect(box.seen()['m3@example.org']?.labels).toEqual(['Clubs'])
    expect(box.reader.labels().map(({ key }) => key)).not.toContain('Lists')
    await raw.run('DELETE Clubs')
    expect(value(await box.pass(provider)).removed).toBe(20)
    expect(Object.keys(box.seen())).toEqual(['m100@example.org'])
    raw.close()
    await provider.close()
    box.close()
  })

  test('a first look that breaks at every few kilobytes still ends, and fetches nothing twice', async () => {
    const person = somebody()
    const server = serverOf('qresync')
    const raw = await RawImap.open(server.port, person.user, person.password)
    for (let number = 0; number < 400; number++) await raw.append('INBOX', letter(number, 300))
    let cuts = 0
    const proxy = await startProxy(server.port, connection => {
      if (connection > 30) return {}
      cuts++
      return { cutAfterServerBytes: 20_000 + connection * 4_000 }
    })
    const box = syncBox()
    const provider = accountFor(proxy.port, person)
    let arrived = 0
    for (let attempt = 0; attempt < 60; attempt++) {
      await box.pass(provider)
      const now = Object.keys(box.seen()).length
      expect(now).toBeGreaterThanOrEqual(arrived)
      arrived = now
      if (arrived === 400 && cuts > 30) break
    }
    value(await box.pass(provider))
    expect(box.seen()).toEqual(await seenAtServer(raw))
    raw.close()
    await provider.close()
    await proxy.stop()
    box.close()
  })

  test('a thousand decisions made offline are delivered once each, in few commands', async () => {
    const person = somebody()
    const server = serverOf('qresync')
    const raw = await RawImap.open(server.port, person.user, person.password)
    for (let number = 0; number < 1_000; number++) await raw.append('INBOX', letter(number))
    const proxy = await startProxy(server.port)
    const box = syncBox()
    const provider = accountFor(proxy.port, person)
    value(await box.pass(provider))
    value(box.writer.setDelivery('home', 'folders'))
    proxy.goOffline()
    const ids = numericIds(box)
    for (const [at, id] of ids.entries()) decide(box, id, at % 2 === 0 ? 'archive' : 'read', `k${at}`)
    expect((await deliver(box, provider)).ok).toBe(false)
    proxy.goOnline()
    proxy.forgetCommands()
    expect(await deliver(box, provider)).toEqual({ ok: true })
    const commands = proxy.commands.filter(line => /^UID (STORE|MOVE|COPY)/.test(line))
    expect(commands.length).toBeLessThanOrEqual(2)
    value(await box.pass(provider))
    expect(box.seen()).toEqual(await seenAtServer(raw))
    raw.close()
    await provider.close()
    await proxy.stop()
    box.close()
  })

  describe('a move without MOVE that is asked for again', () => {
    const ready = async (...messages: readonly string[]) => {
      const person = somebody()
      const server = serverOf('bare')
      const raw = await RawImap.open(server.port, person.user, person.password)
      for (const message of messages) await raw.append('INBOX', message)
      const box = syncBox()
      const provider = accountFor(server.port, person)
      value(await box.pass(provider))
      value(box.writer.setDelivery('home', 'folders'))
      for (const [at, id] of numericIds(box).entries()) decide(box, id, 'archive', `k${at}`)
      await raw.run('SELECT INBOX')
      const ended = async () => {
        expect(await deliver(box, provider)).toEqual({ ok: true })
        value(await box.pass(provider))
        expect(box.seen()).toEqual(await seenAtServer(raw))
        const there = await raw.look('Archive')
        const left = await raw.look('INBOX')
        expect(there.flatMap(({ flags }) => flags)).not.toContain('\\Deleted')
        raw.close()
        await provider.close()
        box.close()
        return { there: there.map(({ messageId }) => messageId).sort(), left: left.length }
      }
      return { raw, ended }
    }

    test('only removes what was copied and marked before the connection ended', async () => {
      const { raw, ended } = await ready(letter(1), letter(2), letter(3))
      await raw.run('COPY 1:2 Archive')
      await raw.run('STORE 1:2 +FLAGS (\\Deleted)')
      expect(await ended()).toEqual({ there: [1, 2, 3].map(number => `m${number}@example.org`), left: 0 })
    })

    test('takes what another client has marked as if it were not', async () => {
      const { raw, ended } = await ready(letter(1), letter(2))
      await raw.run('STORE 1 +FLAGS (\\Deleted)')
      expect(await ended()).toEqual({ there: ['m1@example.org', 'm2@example.org'], left: 0 })
    })

    test('takes no other message of that Message-ID, nor a copy twice, for its own', async () => {
      const { raw, ended } = await ready(letter(1), letter(1).replace('line 1', 'line I'), letter(2))
      await raw.append('Archive', letter(2, 5))
      await raw.run('COPY 1 Archive')
      await raw.run('STORE 1:3 +FLAGS (\\Deleted)')
      expect(await ended()).toEqual({ there: [1, 1, 2, 2].map(number => `m${number}@example.org`), left: 0 })
    })

    test('copies what no search could find by its Message-ID', async () => {
      const { raw, ended } = await ready(letter(1).replace('<m1@', '<m"1@'))
      await raw.run('COPY 1 Archive')
      await raw.run('STORE 1 +FLAGS (\\Deleted)')
      expect(await ended()).toEqual({ there: ['m"1@example.org', 'm"1@example.org'], left: 0 })
    })
  })

  async function converge(server: Dovecot, person: Person, seed: number): Promise<void> {
    const random = generator(seed)
    const raw = await RawImap.open(server.port, person.user, person.password)
    const lost: number[] = []
    const proxy: FaultyProxy = await startProxy(server.port, () => {
      const fate = random()
      if (fate < 0.3) return { cutAfterServerBytes: 200 + Math.floor(random() * 6_000) }
      return fate < 0.5 ? { cutAfterClientBytes: 60 + Math.floor(random() * 900) } : {}
    })
    const box = syncBox()
    value(box.writer.setDelivery('home', 'folders'))
    let provider = accountFor(proxy.port, person)
    for (let number = 0; number < 12; number++) await raw.append('INBOX', letter(number))
    for (let step = 0; step < stepsPerRun; step++) {
      const what = random()
      if (what < 0.4) await changeElsewhere(raw, random, 1_000 + step, lost)
      else if (what < 0.65) decideSomething(box, random, step)
      else if (what < 0.8) await deliver(box, provider)
      else if (what < 0.95) await box.pass(provider)
      else proxy.cut()
    }
    // From here on the network is well.
    await provider.close()
    provider = accountFor(server.port, person)
    for (let round = 0; round < 4; round++) {
      value(await box.pass(provider))
      expect(await deliver(box, provider)).toEqual({ ok: true })
    }
    value(await box.pass(provider))
    const atServer = await seenAtServer(raw)
    expect(box.seen()).toEqual(atServer)
    const put = [...Array(12).keys()].filter(number => !lost.includes(number))
    for (const number of put) expect(Object.keys(atServer)).toContain(`m${number}@example.org`)
    raw.close()
    await provider.close()
    await proxy.stop()
    box.close()
  }
})

function isVariant(name: string): name is Variant {
  return Object.hasOwn(variants, name)
}

function accountFor(port: number, person: Person): ImapProvider {
  return accountAt({ host: '127.0.0.1', port, tls: 'none' }, person)
}

function letter(number: number, lines = 1): string {
  const head = `From: a@example.org\r\nTo: b@example.org\r\nMessage-ID: <m${number}@example.org>\r\n`
  return `${head}Subject: number ${number}\r\nDate: ${new Date(1_750_000_000_000 + number * 60_000).toUTCString()}\r\n\r\n${`line ${number}\r\n`.repeat(lines)}`
}

/** What the other client does: something at random. `lost` gets the messages that it removed for good. */
async function changeElsewhere(raw: RawImap, random: () => number, number: number, lost: number[] = []): Promise<void> {
  const what = random()
  const folder = folders[Math.floor(random() * folders.length)] ?? 'INBOX'
  if (what < 0.25) return raw.append(folder, letter(number), random() < 0.5 ? '\\Seen' : '$Work')
  const there = await raw.look(folder)
  const chosen = there[Math.floor(random() * there.length)]
  if (chosen === undefined) return
  await raw.run(`SELECT "${folder}"`)
  const { uid, messageId } = chosen
  if (what < 0.6) {
    const flag = ['\\Seen', '\\Flagged', '\\Answered', '$Work', 'Later'][Math.floor(random() * 5)]
    await raw.run(`UID STORE ${uid} ${random() < 0.5 ? '+' : '-'}FLAGS (${flag})`)
  } else if (what < 0.85) {
    const to = folders.find(other => other !== folder) ?? 'Trash'
    await raw.run(`UID MOVE ${uid} "${to}"`)
  } else {
    lost.push(Number(/^m(\d+)@/.exec(messageId)?.[1]))
    await raw.run(`UID STORE ${uid} +FLAGS (\\Deleted)`)
    await raw.run(`UID EXPUNGE ${uid}`)
  }
}

/** Each message by its Message-ID with its folders, keywords and flags: as `SyncBox.seen` says it of the store. */
async function seenAtServer(raw: RawImap): Promise<ReturnType<SyncBox['seen']>> {
  const names: Record<string, string> = {
    '\\Seen': 'read',
    '\\Flagged': 'starred',
    '\\Answered': 'answered',
    '\\Draft': 'draft',
  }
  const seen: Record<string, { labels: Set<string>; flags: Set<string> }> = {}
  const listed = [...(await raw.run('LIST "" "*"')).matchAll(/\* LIST \([^)]*\) "." ("?)([^"\r\n]+)\1\r\n/g)]
  for (const [, , folder = ''] of listed) {
    for (const { messageId, flags } of await raw.look(folder)) {
      const message = seen[messageId] ?? { labels: new Set(), flags: new Set() }
      seen[messageId] = message
      message.labels.add(folder)
      for (const flag of flags) {
        // A mark of ours that the other client moved elsewhere before the message was removed. No client shows it.
        if (flag === '\\Deleted') continue
        const known = names[flag]
        if (known !== undefined) message.flags.add(known)
        else message.labels.add(flag)
      }
    }
  }
  const order = ['read', 'starred', 'answered', 'draft']
  return Object.fromEntries(
    Object.entries(seen).map(([messageId, { labels, flags }]) => [
      messageId,
      { labels: [...labels].sort(), flags: order.filter(flag => flags.has(flag)) },
    ]),
  )
}

function numericIds({ reader }: SyncBox): number[] {
  return reader.statements.all('SELECT id FROM messages ORDER BY id').map(row => Number(row[0]))
}

function idsOf(box: SyncBox): string[] {
  return box.reader.list(numericIds(box)).map(({ id }) => id)
}

type Deed = 'archive' | 'trash' | 'read' | 'unread' | 'star' | 'unstar'

function decide(box: SyncBox, id: number, deed: Deed, clientKey: string): void {
  const change =
    deed === 'archive' || deed === 'trash'
      ? ({ action: deed } as const)
      : deed === 'read' || deed === 'unread'
        ? ({ action: 'mark', read: deed === 'read' } as const)
        : ({ action: 'star', starred: deed === 'star' } as const)
  value(box.writer.decide({ changes: [change], messages: [id], clientKey, origin: 'human' }))
}

function decideSomething(box: SyncBox, random: () => number, step: number): void {
  const ids = numericIds(box)
  const id = ids[Math.floor(random() * ids.length)]
  const deeds: readonly Deed[] = ['archive', 'trash', 'read', 'unread', 'star', 'unstar']
  if (id !== undefined) decide(box, id, deeds[Math.floor(random() * deeds.length)] ?? 'read', `step ${step}`)
}

/** As the daemon delivers: what the store says is waiting, all of it. */
async function deliver(box: SyncBox, provider: MailProvider): Promise<{ ok: boolean; error?: DeliveryError }> {
  for (;;) {
    const taken = value(box.writer.takeDeliveries('home', 1_000))
    if (taken.length === 0) return { ok: true }
    const done = await deliveryBy(provider).apply(
      taken.map(({ change }) => change),
      signal,
    )
    if (!done.ok) return { ok: false, error: done.error }
    const deliveries = taken.flatMap((each, at) => {
      const result = done.value[at]
      return result === undefined ? [] : { taken: each, result }
    })
    value(box.writer.settleDeliveries('home', deliveries))
    if (done.value.some(({ outcome }) => outcome === 'later')) return { ok: true }
  }
}

/** mulberry32: the same seed, the same run. */
function generator(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296
  }
}
