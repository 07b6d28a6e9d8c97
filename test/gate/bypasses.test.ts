import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { parseConfig } from '#config/index.ts'
import { builtInProfiles, decide, effectOf, isCapability, levelOf } from '#gate/index.ts'
import { LeaseToken } from '#mcp/lease.ts'
import { attachmentTools } from '#mcp/tools/attachments.ts'
import { directTools } from '#mcp/tools/direct.ts'
import { mailTools } from '#mcp/tools/mail.ts'
import { memoryTools } from '#mcp/tools/memory.ts'
import { planTools } from '#mcp/tools/plans.ts'
import { writingTools } from '#mcp/tools/writing.ts'
import { clientHello } from '../../src/daemon/protocol/messages.ts'
import { type RequestName, type RequestSpec, requests } from '../../src/daemon/requests/index.ts'
import { clientOf, newInstance, RawClient, startDaemon, withMail } from '../daemon/daemon.ts'
import { postern } from '../postern.ts'
import { david, profile, sending, session } from './facts.ts'

// The fifteen ways around the gate that the best known mail tool for agents had. Each is closed here by a defence that
// its test would miss.

const all = Object.entries(requests) as readonly (readonly [RequestName, RequestSpec])[]
const capabilitiesOf = ({ capability }: RequestSpec) =>
  typeof capability === 'string' ? [capability] : [...capability.among]
const tools = [
  ...mailTools(neverAsked(), () => new Uint8Array(8)),
  ...writingTools(neverAsked(), () => new Uint8Array(8)),
  ...planTools(neverAsked(), () => new Uint8Array(8)),
  ...memoryTools(
    neverAsked(),
    () => new Uint8Array(8),
    () => undefined,
  ),
  ...attachmentTools(neverAsked(), () => new Uint8Array(8)),
  ...directTools(neverAsked(), new LeaseToken({ random: () => new Uint8Array(16), now: () => 0 }), () => undefined),
]

/** The names of all fields of a schema, at any depth. */
function namesOf(schema: unknown): readonly string[] {
  return typeof schema === 'object' && schema !== null && 'entries' in schema && typeof schema.entries === 'object'
    ? Object.entries(schema.entries ?? {}).flatMap(([key, value]) => [key, ...namesOf(value)])
    : []
}

function neverAsked() {
  return {
    request: () => {
      throw new Error('nothing is asked here')
    },
    close: () => undefined,
  }
}

describe('1. an origin that the client names', () => {
  test('S-20: nobody becomes a person by saying so: a hello that claims an origin of a person is no hello', async () => {
    const instance = newInstance()
    await startDaemon(instance)
    const hello = { protocol: [1, 1], client: 'x', instance: 'x', data_dir: 'x', key: 'x' }
    expect(v.safeParse(clientHello, { hello: { ...hello, as: { origin: 'agent' } } }).success).toBe(true)
    for (const origin of ['human', 'cli', 'web', 'tui', 'daemon']) {
      expect(v.safeParse(clientHello, { hello: { ...hello, as: { origin } } }).success, origin).toBe(false)
    }
    const agent = await clientOf(instance, { origin: 'agent' })
    expect(await agent.request('mail.search', { query: 'x' })).toMatchObject({ error: { code: 'policy_denied' } })
  })

  test('S-20: a field that says who asks is no field of any request', async () => {
    for (const [name, { params }] of all) {
      for (const field of ['source', 'origin', 'actor', 'human', 'token', 'profile', 'as']) {
        if (name === 'agent.add' && field === 'profile') continue // what the new agent may do
        if (name === 'send.resolve' && field === 'as') continue // what became of a message
        expect(Object.keys(Object(Object(params).entries)), name).not.toContain(field)
      }
    }
  })

  test('S-20: a process in the shell of a known agent has nothing without a token', () => {
    const { env } = newInstance()
    const asked = postern(['status'], { env: { ...env, CLAUDECODE: '1' } })
    expect(asked.exit).not.toBe(0)
    expect(asked.stderr).toMatch(/agent/)
  })
})

test('2. a request without a scope: every kind says whose mail it concerns, or why none', () => {
  for (const [name, { scope }] of all) {
    expect(scope.length, name).toBeGreaterThan(0)
    for (const each of scope) if (each.accounts === 'none') expect(each.why.length, name).toBeGreaterThan(10)
  }
  // What each then does with an account that is not the agent's is asked in accounts.test.ts, kind by kind.
})

test('3. a rule that runs a program: no request and no tool makes one, and no profile of ours may make rules alone', () => {
  for (const [name, spec] of all) expect(capabilitiesOf(spec), name).not.toContain('rules')
  for (const [name, each] of Object.entries(builtInProfiles)) expect(levelOf(each, 'rules'), name).not.toBe('allow')
  for (const { name, input } of tools) expect(namesOf(input).join(), name).not.toMatch(/command|program|hook|rule/)
})

test('4. settings of a model and 5. accounts: S-28, nothing that reconfigures is open to an agent', async () => {
  const instance = newInstance()
  const daemon = await startDaemon(
    instance,
    '[agents.profiles.bold]\naccounts = ["*"]\nstatus = "allow"\nconfig = "allow"\nrules = "allow"\n',
  )
  const reconfiguring = all.filter(([, spec]) => capabilitiesOf(spec).some(each => effectOf(each) === 'reconfigure'))
  expect(reconfiguring.map(([name]) => name)).toEqual(
    expect.arrayContaining(['account.reload', 'agent.add', 'passphrase.set', 'activity.redact', 'daemon.shutdown']),
  )
  for (const as of ['trusted', 'bold']) {
    const agent = await clientOf(daemon, { profile: as, origin: 'agent' })
    for (const [name] of reconfiguring) {
      const answered = await agent.request(name, paramsOf[name] as never)
      expect(answered, `${as} ${name}`).toMatchObject({ ok: false, error: { code: 'policy_denied' } })
    }
  }
})

const digest = '0'.repeat(64)
const paramsOf: Partial<Record<RequestName, object>> = {
  'daemon.shutdown': {},
  'account.reload': { account: 'work' },
  'agent.add': { name: 'twin', profile: 'trusted' },
  'agent.list': {},
  'agent.revoke': { name: 'twin' },
  'passphrase.set': { next: 'long enough for one' },
  'passphrase.state': {},
  'passphrase.check': { passphrase: 'long enough for one' },
  'approval.list': {},
  'approval.show': { id: '000000' },
  'approval.approve': { id: '000000', digest, passphrase: 'x' },
  'approval.deny': { id: '000000' },
  'activity.list': {},
  'activity.verify': {},
  'activity.redact': { seq: 1, passphrase: 'x' },
}

test('6. S-66: the record of activity cannot be paused, and what an agent was refused stands in it', async () => {
  for (const [name] of all) expect(name).not.toMatch(/activity\.(?:pause|stop|disable|prune|clear)/)
  expect(parseConfig('[activity]\nenabled = false\n').ok).toBe(false)
  const daemon = await startDaemon()
  const agent = await clientOf(daemon, { profile: 'reader', origin: 'agent' })
  await agent.request('activity.redact', { seq: 1, passphrase: 'x' })
  const person = await clientOf(daemon)
  const listed = await person.request('activity.list', {})
  expect(listed).toMatchObject({
    ok: true,
    value: {
      items: expect.arrayContaining([
        expect.objectContaining({
          details: expect.objectContaining({ action: 'activity.redact', verdict: 'deny' }),
        }),
      ]),
    },
  })
})

test('7. S-26: no request and no tool takes the path of a file', () => {
  for (const [name, { params }] of all) {
    for (const field of namesOf(params))
      expect(field, name).not.toMatch(/path|file_name|directory|folder_path|url|command/)
  }
  for (const { name, input } of tools) {
    for (const field of namesOf(input)) expect(field, name).not.toMatch(/path|directory|url|command/)
  }
})

test('8. S-25: a profile that only reads has nothing that can be seen outside of this machine', () => {
  for (const [name, spec] of all) {
    if (!spec.outsideEffect) continue
    for (const capability of capabilitiesOf(spec)) expect(levelOf(profile('reader'), capability), name).toBe('deny')
  }
})

test('9. S-29: leaving a list is held where it writes a mail, whatever the profile lets an agent unsubscribe', () => {
  const open = profile('trusted')
  for (const kind of ['unsubscribe_mail', 'unsubscribe_post', 'invitation_reply'] as const) {
    for (const capability of ['unsubscribe', 'send'] as const) {
      // Even to somebody whom the person writes to: where it goes was chosen by whoever wrote the message.
      const decided = decide({ ...sending({ kind, recipients: [david] }), capability }, session({ profile: open }))
      expect(decided, `${capability} ${kind}`).toMatchObject({ verdict: 'stage', reason: 'sender_chosen_target' })
    }
  }
})

test('10. an address that a sender chose is never fetched: only these files of ours speak HTTP', () => {
  const root = join(import.meta.dirname, '../../src')
  const speaking = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .filter(file => /node:https?['"]|(?<![.\w])fetch\((?!\))|node:http2/.test(readFileSync(join(root, file), 'utf8')))
  const allowed = [
    'daemon/accounts/network.ts', // settings of the provider that a person names
    'librarian/models/http-model.ts', // the model that a person names
  ]
  expect(speaking.sort()).toEqual(allowed)
})

describe('11. S-51: a file of this machine in a draft', () => {
  const content = {
    from: 'me@home.example',
    to: [],
    cc: [],
    bcc: [],
    subject: 's',
    body: 'b',
    markup: false,
    answers: null,
  }

  test.each(['~/.ssh/id_ed25519', '/proc/self/environ', '../../etc/passwd', '/dev/zero'])(
    '%s is not taken',
    async path => {
      const instance = newInstance()
      withMail(instance, [{ account: 'home' }])
      const daemon = await startDaemon(
        instance,
        '[accounts.home]\nemail = "me@home.example"\n[accounts.home.imap]\nhost = "127.0.0.1"\nport = 1\ntls = "none"\n',
      )
      const agent = await clientOf(daemon, { profile: 'trusted', origin: 'agent' })
      const named = { ...content, files: [{ name: 'a', type: 'text/plain', size: 1, sha256: digest, path }] }
      expect(await agent.request('draft.save', { account: 'home', content: named } as never)).toMatchObject({
        error: { code: 'params_invalid' },
      })
      const unknown = { ...content, files: [{ name: path, type: 'text/plain', size: 1, sha256: digest }] }
      const saved = await agent.request('draft.save', { account: 'home', content: unknown })
      expect(saved).toMatchObject({ ok: false, error: { code: 'policy_denied' } })
    },
  )

  test('and a file that an agent put there holds what it is in', () => {
    const attachments = [{ name: 'a.pdf', sizeBytes: 10, chosenBy: 'agent' as const }]
    expect(decide(sending({ attachments }), session({ profile: profile('trusted') }))).toMatchObject({
      verdict: 'stage',
      reason: 'attachment',
    })
  })
})

test('12. S-43: what the checks block an agent cannot let pass by naming it, nor does a refusal tell how', () => {
  for (const each of Object.keys(builtInProfiles)) {
    const open = { ...profile('trusted'), name: each }
    expect(decide(sending({ despite: ['secret'] }), session({ profile: open }))).toMatchObject({
      verdict: 'stage',
      reasons: expect.arrayContaining(['safety_check']),
    })
  }
  for (const { name, input } of tools) {
    expect(Object.keys(Object(input).entries ?? {}), name).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/override|despite|safety/)]),
    )
  }
})

test('13. S-43: no tool lets a model confirm for the person, and one that is given such an argument is refused', () => {
  for (const { name, input } of tools) {
    for (const field of ['confirm', 'confirmed', 'yes', 'force', 'approved', 'dry_run', 'override_safety_token']) {
      expect(v.safeParse(input, { [field]: true }).success && field in Object(Object(input).entries), name).toBe(false)
      const issues = v.safeParse(input, { [field]: true }).issues ?? []
      expect(
        issues.some(({ path }) => path?.[0]?.key === field),
        `${name} ${field}`,
      ).toBe(true)
    }
  }
})

test('14. S-30: settings that cannot be read open nothing: the daemon does not start, and says the line', () => {
  const { env, paths } = newInstance()
  const { mkdirSync, writeFileSync } = process.getBuiltinModule('node:fs')
  mkdirSync(paths.configDir, { recursive: true, mode: 0o700 })
  for (const broken of [
    '[agents.profiles.x]\naccounts = "all"\n',
    '[agents.profiles.x]\nsend = "allways"\n',
    'x = = 1',
    '[agents.profile.x]\n',
  ]) {
    writeFileSync(paths.configFile, broken, { mode: 0o600 })
    const asked = postern(['status'], { env })
    expect(asked.exit, broken).toBe(2)
    expect(asked.stderr).toMatch(/config\.toml:\d/)
  }
})

test('15. S-50: a setting that the checks do not know is refused, and each that there is has an effect', () => {
  expect(parseConfig('[safety]\nsensitive_domains = ["x.example"]\n').ok).toBe(false)
  expect(parseConfig('[checks]\nsensitive_domain_list = []\n').ok).toBe(false)
  const parsed = parseConfig('[checks]\nsensitive_domains = ["x.example"]\ninternal_markers = ["INTERNAL"]\n')
  expect(parsed).toMatchObject({
    value: { checks: { sensitive_domains: ['x.example'], internal_markers: ['INTERNAL'] } },
  })
  // What they do: "domains that were called sensitive block" and the others of test/daemon/sending/checks.test.ts.
})

test('every capability is one that the gate knows', () => {
  for (const [name, spec] of all) for (const each of capabilitiesOf(spec)) expect(isCapability(each), name).toBe(true)
  for (const { name, capability } of tools) expect(isCapability(capability), name).toBe(true)
})

test('a frame that names an origin beside the request is answered with nothing more than the connection has', async () => {
  const instance = newInstance()
  await startDaemon(instance)
  const raw = await RawClient.open(instance)
  raw.send({
    hello: { protocol: 1, client: 'x', instance: 'postern', data_dir: 'x', key: 'x', as: { origin: 'human' } },
  })
  expect(JSON.stringify(await raw.next())).toMatch(/malformed|hello|not_authorized|version/)
})
