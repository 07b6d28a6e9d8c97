import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { DaemonClient } from '../../src/daemon/client/index.ts'
import type { ParamsGiven, RequestName } from '../../src/daemon/requests/index.ts'
import { formatMessageId } from '../../src/mail/store/index.ts'
import { clientOf, newInstance, type Running, startDaemon, withMail } from '../daemon/daemon.ts'

// What waits for a person, through the daemon, its store and its socket: whom a yes binds, to what, and what is recorded.

const passphrase = 'correct horse battery'
const account =
  '[accounts.home]\nemail = "me@home.example"\n' +
  ['imap', 'smtp'].map(kind => `[accounts.home.${kind}]\nhost = "127.0.0.1"\nport = 1\ntls = "none"\n`).join('')
const stranger = 'mark.black@mail.example'
const word = 'sentinelword'

interface World {
  readonly daemon: Running
  readonly person: DaemonClient
  readonly agent: DaemonClient
  readonly message: string
}

async function world(settings = ''): Promise<World> {
  const instance = newInstance()
  const [id] = withMail(instance, [
    { account: 'home', subject: `about ${word}`, text: `the text has ${word} in it`, from: 'Ann <ann@a.example>' },
  ])
  const daemon = await startDaemon(instance, account + settings)
  const person = await clientOf(daemon)
  await ask(person, 'passphrase.set', { next: passphrase })
  const agent = await clientOf(daemon, { profile: 'assistant', origin: 'mcp' })
  return { daemon, person, agent, message: formatMessageId(id ?? 0) }
}

async function ask<Name extends RequestName>(client: DaemonClient, name: Name, params: ParamsGiven<Name>) {
  const answered = await client.request(name, params)
  if (!answered.ok) throw new Error(`${name}: ${answered.error.code}: ${answered.error.message}`)
  return answered.value
}

function letterTo(address: string, body = 'Hello') {
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

/** A letter to a stranger that an agent wants to send, and what waits for it. */
async function held({ agent, person }: World) {
  const { draft_id: draft, revision } = await ask(agent, 'draft.save', { account: 'home', content: letterTo(stranger) })
  const { send_id: send, digest } = await ask(agent, 'send.prepare', { draft_id: draft, revision })
  const queued = await agent.request('send.queue', { send_id: send, digest })
  expect(queued).toMatchObject({ ok: false, error: { code: 'approval_needed' } })
  const { items } = await ask(person, 'approval.list', { state: 'waiting' })
  const [waiting] = items
  if (waiting === undefined) throw new Error('nothing waits')
  return { draft, revision, send, digest, waiting }
}

describe('a letter to a stranger', () => {
  test('S-42: is held, shown whole, and goes when the person says yes to exactly that', async () => {
    const all = await world()
    const { waiting, send } = await held(all)
    const shown = await ask(all.person, 'approval.show', { id: waiting.id })
    expect(JSON.stringify(shown)).toContain(stranger)
    const done = await ask(all.person, 'approval.approve', { id: waiting.id, digest: shown.digest, passphrase })
    expect(done.state).toBe('done')
    const { items } = await ask(all.person, 'send.list', {})
    expect(items.find(({ send_id }) => send_id === send)?.state).not.toBe('prepared')
  })

  test('S-42: an approval of another digest, or of what has changed since, is void', async () => {
    const all = await world()
    const { waiting, draft, revision } = await held(all)
    const other = { id: waiting.id, digest: '0'.repeat(64), passphrase }
    expect(await all.person.request('approval.approve', other)).toMatchObject({
      ok: false,
      error: { code: 'conflict' },
    })
    const shown = await ask(all.person, 'approval.show', { id: waiting.id })
    await ask(all.agent, 'draft.save', { draft_id: draft, revision, content: letterTo('other@mail.example') })
    const late = await all.person.request('approval.approve', { id: waiting.id, digest: shown.digest, passphrase })
    expect(late.ok).toBe(false)
    const { items } = await ask(all.person, 'send.list', {})
    expect(items.filter(({ state }) => state !== 'prepared' && state !== 'cancelled')).toEqual([])
  })

  test('S-43: whoever asked cannot approve, however it is tried, and a wrong passphrase is told as that', async () => {
    const all = await world()
    const { waiting } = await held(all)
    const { digest } = await ask(all.person, 'approval.show', { id: waiting.id })
    for (const as of [all.agent, await clientOf(all.daemon, { profile: 'trusted', origin: 'agent' })]) {
      const tried = await as.request('approval.approve', { id: waiting.id, digest, passphrase })
      expect(tried).toMatchObject({ ok: false, error: { code: 'policy_denied' } })
    }
    const wrong = await all.person.request('approval.approve', { id: waiting.id, digest, passphrase: 'wrong wrong' })
    expect(wrong).toMatchObject({ ok: false, error: { code: 'not_authorized' } })
    expect(JSON.stringify(wrong)).not.toContain(passphrase)
    const none = await all.person.request('approval.approve', { id: waiting.id, digest, passphrase: '' } as never)
    expect(none.ok).toBe(false)
  })

  test('S-44: a yes counts once, and what was refused stays refused', async () => {
    const all = await world()
    const { waiting } = await held(all)
    const { digest } = await ask(all.person, 'approval.show', { id: waiting.id })
    await ask(all.person, 'approval.deny', { id: waiting.id })
    expect((await all.person.request('approval.approve', { id: waiting.id, digest, passphrase })).ok).toBe(false)
    const { items } = await ask(all.agent, 'approval.status', {})
    expect(items).toMatchObject([{ id: waiting.id, state: 'denied' }])
  })

  test('S-45: guessing the passphrase is slowed down, also across a restart of the daemon', async () => {
    const all = await world()
    const { waiting } = await held(all)
    const { digest } = await ask(all.person, 'approval.show', { id: waiting.id })
    for (let at = 0; at < 3; at++) {
      await all.person.request('approval.approve', { id: waiting.id, digest, passphrase: `guess ${at}` })
    }
    await all.daemon.stop()
    const again = await startDaemon(all.daemon, account)
    const person = await clientOf(again)
    const fourth = await person.request('approval.approve', { id: waiting.id, digest, passphrase: 'guess 4' })
    const fifth = await person.request('approval.approve', { id: waiting.id, digest, passphrase })
    expect([fourth, fifth].some(each => !each.ok && JSON.stringify(each.error).includes('passphrase_wait'))).toBe(true)
  })
})

describe('S-41: a plan', () => {
  test('is applied by whoever made it, once', async () => {
    const all = await world()
    const selection = { by: 'ids' as const, ids: [all.message] }
    const plan = await ask(all.agent, 'plan.create', { changes: [{ action: 'archive' }], selection })
    const other = await clientOf(all.daemon, { profile: 'organizer', origin: 'agent' })
    expect((await other.request('plan.apply', { plan_id: plan.plan_id })).ok).toBe(false)
    await ask(all.agent, 'plan.apply', { plan_id: plan.plan_id })
    const twice = await all.agent.request('plan.apply', { plan_id: plan.plan_id })
    expect(twice.ok ? twice.value : twice.error).not.toMatchObject({ changed: 1 })
  })

  test('S-52: what an agent did is taken back by it, not by another', async () => {
    const all = await world()
    const selection = { by: 'ids' as const, ids: [all.message] }
    const plan = await ask(all.agent, 'plan.create', { changes: [{ action: 'star', starred: true }], selection })
    const done = await ask(all.agent, 'plan.apply', { plan_id: plan.plan_id })
    const decision = done.decision_id ?? 0
    const other = await clientOf(all.daemon, { profile: 'organizer', origin: 'agent' })
    const foreign = await other.request('decision.undo', { decision_id: decision, client_key: 'take-back-1' })
    expect(foreign).toMatchObject({ ok: false, error: { code: 'policy_denied' } })
    const unnamed = await all.agent.request('decision.undo', { client_key: 'take-back-2' })
    expect(unnamed).toMatchObject({ ok: false, error: { code: 'policy_denied' } })
    const own = await all.agent.request('decision.undo', { decision_id: decision, client_key: 'take-back-3' })
    expect(own.ok ? own.value : own.error).toMatchObject({ changed: 1 })
  })

  test('S-53: the same key again gives the first answer again', async () => {
    const all = await world()
    const params = {
      changes: [{ action: 'star' as const, starred: true }],
      selection: { by: 'ids' as const, ids: [all.message] },
      client_key: 'the-same-key',
    }
    const first = await ask(all.person, 'mail.change', params)
    expect(await ask(all.person, 'mail.change', params)).toEqual({ ...first, is_repeat: true })
  })
})

describe('activity', () => {
  test('S-60, S-61: every origin leaves a row: what it read, what it did, what it was refused', async () => {
    const all = await world()
    const unknown = await clientOf(all.daemon, { origin: 'agent' })
    const cli = await clientOf(all.daemon, { profile: 'reader', origin: 'agent' })
    await unknown.request('mail.search', { query: word })
    await cli.request('mail.read', { id: all.message })
    await all.agent.request('mail.read', { id: all.message })
    await cli.request('mail.raw', { id: all.message })
    const selection = { by: 'ids' as const, ids: [all.message] }
    await ask(all.person, 'mail.change', { changes: [{ action: 'archive' }], selection, client_key: 'by-the-person' })
    const { items } = await ask(all.person, 'activity.list', { limit: 100 })
    const rows = items.map(({ details }) => `${details?.origin} ${details?.action} ${details?.verdict}`)
    expect(rows).toEqual(
      expect.arrayContaining([
        'unknown mail.search deny',
        'agent mail.read effect',
        'mcp mail.read effect',
        'human mail.change effect',
      ]),
    )
    expect(rows.some(row => /^agent mail\.raw deny/.test(row))).toBe(true)
  })

  test('S-62, S-64: a row names the request by its own name and holds no word of mail, query or draft', async () => {
    const all = await world()
    await ask(all.agent, 'mail.search', { query: word })
    await ask(all.agent, 'mail.read', { id: all.message })
    await ask(all.agent, 'draft.save', { account: 'home', content: letterTo(stranger, `the ${word}`) })
    const { items } = await ask(all.person, 'activity.list', { limit: 100 })
    expect(items.length).toBeGreaterThan(2)
    expect(JSON.stringify(items)).not.toMatch(new RegExp(`${word}|${stranger}|Hello|${passphrase}`))
    const kept = new DatabaseSync(join(all.daemon.paths.dataDir, 'gate.db'), { readOnly: true })
    const stored = JSON.stringify(kept.prepare('SELECT * FROM activity').all())
    kept.close()
    expect(stored).not.toMatch(new RegExp(`${word}|${stranger}|${passphrase}`))
  })

  test('S-65: an entry names fifty targets at most, and counts the others', async () => {
    const instance = newInstance()
    const ids = withMail(
      instance,
      Array.from({ length: 80 }, () => ({ account: 'home' })),
    ).map(formatMessageId)
    const daemon = await startDaemon(instance, account)
    const agent = await clientOf(daemon, { profile: 'trusted', origin: 'mcp' })
    await agent.request('mail.list', { ids })
    const person = await clientOf(daemon)
    const { items } = await ask(person, 'activity.list', { limit: 10 })
    for (const { details } of items) expect(details?.targets.length ?? 0).toBeLessThanOrEqual(50)
    expect(items.some(({ details }) => details?.counts.targets === 80)).toBe(true)
  })

  test('S-66: an agent sees its own rows and no others, and can neither redact nor hide', async () => {
    const all = await world()
    const other = await clientOf(all.daemon, { profile: 'reader', origin: 'agent' })
    await ask(other, 'mail.read', { id: all.message })
    await ask(all.agent, 'mail.search', { query: 'x' })
    const own = await ask(all.agent, 'activity.own', {})
    expect(own.items.length).toBeGreaterThan(0)
    for (const { details } of own.items) expect(details?.actor).toBe('as:assistant')
    for (const name of ['activity.list', 'activity.verify'] as const) {
      expect(await all.agent.request(name, {})).toMatchObject({ ok: false, error: { code: 'policy_denied' } })
    }
    expect(await ask(all.person, 'activity.verify', {})).toMatchObject({ is_sound: true })
  })

  test('S-66: a row that is changed, or cut off at the end, is noticed', async () => {
    const all = await world()
    for (let at = 0; at < 5; at++) await ask(all.agent, 'mail.search', { query: `x${at}` })
    const file = join(all.daemon.paths.dataDir, 'gate.db')
    const database = new DatabaseSync(file)
    expect(() => database.exec('DELETE FROM activity')).toThrow(/append-only/)
    // Whoever can write the file can also take the triggers out of it.
    const triggers = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'activity'")
    for (const { name } of triggers.all()) database.exec(`DROP TRIGGER ${name}`)
    database.exec('DELETE FROM activity WHERE seq = (SELECT max(seq) FROM activity)')
    database.close()
    expect(await ask(all.person, 'activity.verify', {})).toMatchObject({ is_sound: false })
  })

  test('S-68: what the person redacts is gone from list and store, and the chain still holds', async () => {
    const all = await world()
    await ask(all.agent, 'mail.read', { id: all.message })
    const before = await ask(all.person, 'activity.list', { limit: 10 })
    const [row] = before.items.filter(({ details }) => details?.action === 'mail.read')
    await ask(all.person, 'activity.redact', { seq: row?.seq ?? 0, passphrase })
    const after = await ask(all.person, 'activity.list', { limit: 20 })
    expect(after.items.find(({ seq }) => seq === row?.seq)?.details ?? null).toBeNull()
    expect(await ask(all.person, 'activity.verify', {})).toMatchObject({ is_sound: true })
  })
})
