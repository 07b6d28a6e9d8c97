import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  CAPABILITIES,
  type Capability,
  decide,
  effectOf,
  grantable,
  type Intent,
  type Level,
  latitude,
  limitsDefault,
  nothingUsed,
  ORIGINS,
  type Profile,
  type Session,
} from '#gate/index.ts'
import { david, having, letter, profile, self, sending, session, stranger } from './facts.ts'

const capabilities = Object.keys(CAPABILITIES) as Capability[]
const onWork = { type: 'accounts', accounts: ['work'] } as const

describe('who asks', () => {
  test('without a token and a profile nothing is allowed, whatever is asked', () => {
    for (const capability of capabilities) {
      const { profile: _none, ...nobody } = session({ origin: 'unknown' })
      expect(decide({ capability, scope: onWork }, nobody)).toMatchObject({ verdict: 'deny', reason: 'no_identity' })
    }
  })

  test('an agent whose profile is gone from the settings is refused', () => {
    const { profile: _none, ...orphan } = session()
    expect(decide(sending(), orphan)).toMatchObject({ verdict: 'deny', reason: 'no_profile' })
  })

  test('what only a person does is refused to every profile, even one that lists it', () => {
    const greedy = { ...profile('trusted'), levels: { admin: 'allow' } } as Profile
    for (const origin of ORIGINS.filter(name => name !== 'human')) {
      expect(
        decide({ capability: 'admin', scope: { type: 'none' } }, session({ origin, profile: greedy })),
      ).toMatchObject({ verdict: 'deny', reason: 'only_a_person' })
    }
  })

  test('a person at the terminal is not asked twice', () => {
    const { profile: _none, ...person } = session({ origin: 'human' })
    expect(decide(sending({ recipients: [stranger] }), person).verdict).toBe('allow')
  })
})

describe('accounts', () => {
  const work = { ...profile('trusted'), accounts: ['work'] }

  test('one outside of the profile is refused', () => {
    const intent: Intent = { capability: 'read', scope: { type: 'accounts', accounts: ['work', 'home'] } }
    expect(decide(intent, session({ profile: work }))).toMatchObject({ verdict: 'deny', reason: 'account' })
  })

  test('a question about all of them is answered for those of the profile', () => {
    const intent: Intent = { capability: 'read', scope: { type: 'reachable', accounts: ['work', 'home'] } }
    expect(decide(intent, session({ profile: work }))).toEqual({ verdict: 'allow', accounts: ['work'] })
  })

  test('mail under a hidden label does not exist', () => {
    const discreet = { ...work, labelsHidden: ['Private'] }
    expect(
      decide({ capability: 'read', scope: onWork, labels: ['Inbox', 'private'] }, session({ profile: discreet })),
    ).toMatchObject({ verdict: 'deny', reason: 'hidden_label' })
  })
})

describe('budgets', () => {
  test.each([
    ['messages_per_plan', { capability: 'organize', scope: onWork, messages: 101 }, {}],
    ['messages_per_hour', { capability: 'organize', scope: onWork, messages: 2 }, { messagesLastHour: 499 }],
    ['sends_per_day', sending(), { sendsLastDay: 20 }],
    ['new_recipients_per_day', sending({ recipients: [stranger] }), { newRecipientsLastDay: 5 }],
    ['memory_drafts_per_hour', { capability: 'memory_draft', scope: { type: 'none' } }, { memoryDraftsLastHour: 60 }],
  ] as const)('%s: one more is refused', (reason, intent, usage) => {
    expect(decide(intent, session({ usage: { ...nothingUsed, ...usage } }))).toMatchObject({ verdict: 'deny', reason })
  })

  test('bytes in an hour', () => {
    const intent: Intent = { capability: 'export', scope: onWork, exportBytes: 2 }
    const usage = { ...nothingUsed, exportBytesLastHour: limitsDefault.exportBytesPerHour - 1 }
    expect(decide(intent, session({ profile: profile('trusted'), usage }))).toMatchObject({
      reason: 'export_bytes_per_hour',
    })
  })
})

describe('the built-in profiles', () => {
  const bland: Intent[] = grantable.map(capability => ({
    capability,
    scope: onWork,
    ...(effectOf(capability) === 'outward' ? { outgoing: letter() } : {}),
  }))
  const verdicts = (name: string) =>
    Object.fromEntries(
      bland.map(intent => [intent.capability, decide(intent, session({ profile: profile(name) })).verdict]),
    )

  test('a reader changes nothing and sends nothing', () => {
    for (const [capability, verdict] of Object.entries(verdicts('reader'))) {
      expect([capability, verdict === 'allow']).toEqual([
        capability,
        ['status', 'read', 'memory_read', 'activity'].includes(capability),
      ])
    }
  })

  test('an assistant answers, organizes and drafts; trash and lists wait for the person; settings are out of reach', () => {
    expect(verdicts('assistant')).toMatchObject({
      read: 'allow',
      draft: 'allow',
      organize: 'allow',
      send: 'allow',
      trash: 'stage',
      unsubscribe: 'stage',
      attachments: 'stage',
      export: 'stage',
      delete: 'deny',
      rules: 'deny',
      config: 'deny',
      llm_cloud: 'deny',
      memory_draft: 'allow',
      memory_write: 'deny',
    })
  })

  test('an organizer trashes but never writes', () => {
    expect(verdicts('organizer')).toMatchObject({ trash: 'allow', organize: 'allow', send: 'deny', draft: 'deny' })
  })

  test('even the trusted one reconfigures nothing by itself', () => {
    expect(verdicts('trusted')).toMatchObject({ send: 'allow', rules: 'stage', config: 'deny', delete: 'deny' })
  })
})

describe('a session that was held before', () => {
  test('has everything grave held from then on', () => {
    const again = session({ profile: profile('trusted'), refusals: 1 })
    expect(decide(sending(), again)).toMatchObject({ verdict: 'stage', reason: 'after_refusal' })
    expect(decide({ capability: 'trash', scope: onWork, messages: 1 }, again)).toMatchObject({
      reason: 'after_refusal',
    })
    expect(decide({ capability: 'organize', scope: onWork, messages: 1 }, again)).toMatchObject({ verdict: 'allow' })
  })

  test('does not send the owner payment details either', () => {
    const again = session({ refusals: 1 })
    const text = 'Message to self: wire $100 to IBAN 0123456789'
    expect(decide(sending({ recipients: [self], text }), again)).toMatchObject({
      reasons: ['payment_details', 'after_refusal'],
    })
  })
})

test('a rule is held once the session has read what strangers wrote, whatever the profile says', () => {
  const open = { ...profile('trusted'), levels: { ...profile('trusted').levels, rules: 'allow' } } as const
  const intent: Intent = { capability: 'rules', scope: { type: 'none' } }
  expect(decide(intent, session({ profile: open })).verdict).toBe('allow')
  expect(decide(intent, { ...having({}), profile: open })).toMatchObject({ verdict: 'stage', reason: 'tainted' })
})

test('an outward intent that says nothing of what would leave is held', () => {
  expect(decide({ capability: 'send', scope: onWork }, session())).toMatchObject({ verdict: 'stage' })
})

describe('for any policy and any intent', () => {
  const level = fc.constantFrom<Level>('allow', 'ask', 'deny')
  const account = fc.constantFrom('work', 'home', 'club')
  const anyProfile: fc.Arbitrary<Profile> = fc.record({
    name: fc.constant('p'),
    accounts: fc.uniqueArray(fc.oneof(account, fc.constant('*'))),
    levels: fc.dictionary(fc.constantFrom(...grantable), level) as fc.Arbitrary<Profile['levels']>,
    labelsHidden: fc.uniqueArray(fc.constantFrom('Private', 'Work')),
    limits: fc.record({
      messagesPerPlan: fc.nat(200),
      messagesPerHour: fc.nat(500),
      sendsPerDay: fc.nat(20),
      newRecipientsPerDay: fc.nat(5),
      exportBytesPerHour: fc.nat(1_000),
      memoryDraftsPerHour: fc.nat(60),
    }),
  })
  const recipient = fc.record({
    address: fc.constantFrom('a@x.example', 'b@y.example'),
    relation: fc.constantFrom('self', 'correspondent', 'stranger') as fc.Arbitrary<'self'>,
    inThread: fc.boolean(),
  })
  const outgoing = fc.record({
    kind: fc.constantFrom(
      'new',
      'reply',
      'forward',
      'unsubscribe_mail',
      'unsubscribe_post',
      'invitation_reply',
    ) as fc.Arbitrary<'new'>,
    recipients: fc.array(recipient, { maxLength: 8 }),
    subject: fc.string(),
    text: fc.string(),
    links: fc.array(fc.record({ url: fc.webUrl(), typedByPerson: fc.boolean() }), { maxLength: 2 }),
    attachments: fc.array(
      fc.record({
        name: fc.string(),
        sizeBytes: fc.nat(),
        chosenBy: fc.constantFrom('person', 'agent') as fc.Arbitrary<'agent'>,
      }),
      { maxLength: 2 },
    ),
  })
  const accounts = fc.uniqueArray(account)
  const anyIntent: fc.Arbitrary<Intent> = fc.record(
    {
      capability: fc.constantFrom(...capabilities),
      scope: fc.oneof(
        fc.constant({ type: 'none' } as const),
        accounts.map(names => ({ type: 'accounts', accounts: names }) as const),
        accounts.map(names => ({ type: 'reachable', accounts: names }) as const),
      ),
      messages: fc.nat(300),
      exportBytes: fc.nat(2_000),
      labels: fc.uniqueArray(fc.constantFrom('private', 'Inbox')),
      outgoing,
    },
    { requiredKeys: ['capability', 'scope'] },
  )
  const anySession: fc.Arbitrary<Session> = fc.record({
    origin: fc.constantFrom('agent', 'mcp', 'web', 'rule', 'unknown') as fc.Arbitrary<'mcp'>,
    profile: anyProfile,
    taint: fc.constantFrom(session().taint, having({}).taint),
    usage: fc.record({
      messagesLastHour: fc.nat(600),
      sendsLastDay: fc.nat(25),
      newRecipientsLastDay: fc.nat(6),
      exportBytesLastHour: fc.nat(2_000),
      memoryDraftsLastHour: fc.nat(80),
    }),
    refusals: fc.nat(2),
  })

  test('nothing outward or destructive is allowed that the profile does not name with allow', () => {
    fc.assert(
      fc.property(anyIntent, anySession, (intent, asking) => {
        const effect = effectOf(intent.capability)
        if (!['outward', 'destructive', 'memory', 'reconfigure'].includes(effect)) return
        const verdict = decide(intent, asking)
        if (verdict.verdict !== 'allow') return
        const { capability } = intent
        expect(capability).not.toBe('admin')
        expect(asking.profile?.levels).toHaveProperty(capability, 'allow')
        if (effect !== 'outward') return
        expect(intent.outgoing?.recipients.some(to => to.relation === 'stranger')).toBe(false)
        expect(intent.outgoing?.attachments.some(file => file.chosenBy === 'agent')).toBe(false)
        expect(intent.outgoing?.links.some(link => !link.typedByPerson)).toBe(false)
      }),
      { numRuns: 3_000 },
    )
  })

  test('every answer stays within the accounts of the profile', () => {
    fc.assert(
      fc.property(anyIntent, anySession, (intent, asking) => {
        const verdict = decide(intent, asking)
        if (verdict.verdict !== 'allow' || asking.profile === undefined) return
        const { accounts: reach } = asking.profile
        for (const name of verdict.accounts ?? []) expect(reach.includes('*') || reach.includes(name)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test('a restriction more never allows more', () => {
    const restrict = fc.oneof(
      fc
        .constantFrom(...grantable)
        .map(name => (p: Profile) => ({ ...p, levels: { ...p.levels, [name]: 'deny' as const } })),
      fc
        .constantFrom(...grantable)
        .map(
          name => (p: Profile) =>
            p.levels[name] === 'allow' ? { ...p, levels: { ...p.levels, [name]: 'ask' as const } } : p,
        ),
      account.map(name => (p: Profile) => ({ ...p, accounts: p.accounts.filter(other => other !== name) })),
      fc.constant((p: Profile) => ({ ...p, accounts: p.accounts.filter(other => other !== '*') })),
      fc.constant((p: Profile) => ({ ...p, labelsHidden: [...p.labelsHidden, 'Inbox'] })),
      fc
        .constantFrom<keyof Profile['limits']>(
          'messagesPerPlan',
          'messagesPerHour',
          'sendsPerDay',
          'newRecipientsPerDay',
          'exportBytesPerHour',
          'memoryDraftsPerHour',
        )
        .map(name => (p: Profile) => ({ ...p, limits: { ...p.limits, [name]: Math.floor(p.limits[name] / 2) } })),
    )
    fc.assert(
      fc.property(anyIntent, anySession, restrict, (intent, asking, less) => {
        const { profile: given } = asking
        if (given === undefined) return
        const before = decide(intent, asking)
        const after = decide(intent, { ...asking, profile: less(given) })
        expect(latitude(after)).toBeLessThanOrEqual(latitude(before))
        if (before.verdict === 'allow' && after.verdict === 'allow') {
          expect(new Set(after.accounts ?? []).isSubsetOf(new Set(before.accounts ?? []))).toBe(true)
        }
      }),
      { numRuns: 3_000 },
    )
  })

  test('more reading and more refusals never allow more', () => {
    fc.assert(
      fc.property(anyIntent, anySession, (intent, asking) => {
        const worse = {
          ...asking,
          taint: having({ text: intent.outgoing?.text ?? '' }).taint,
          refusals: asking.refusals + 1,
        }
        expect(latitude(decide(intent, worse))).toBeLessThanOrEqual(
          latitude(decide(intent, { ...asking, taint: session().taint })),
        )
      }),
      { numRuns: 2_000 },
    )
  })
})

test('david may be answered with what david asked for', () => {
  expect(decide(sending({ recipients: [david] }), having({})).verdict).toBe('allow')
})
