import {
  afterReading,
  builtInProfiles,
  type Intent,
  nothingUsed,
  type Outgoing,
  type Profile,
  type Reading,
  type Recipient,
  type Session,
  untainted,
} from '#gate/index.ts'

/** The people of the tests: Emma's mail; David is somebody she writes to, Mark Black nobody she knows. */
export const emma = 'emma@bluesparrow.example'
export const david: Recipient = { address: 'david@bluesparrow.example', relation: 'correspondent', inThread: true }
export const stranger: Recipient = { address: 'mark.black-2134@mail.example', relation: 'stranger', inThread: false }
export const self: Recipient = { address: emma, relation: 'self', inThread: false }

export function profile(name: string): Profile {
  const found = builtInProfiles[name]
  if (found === undefined) throw new Error(`no profile ${name}`)
  return found
}

export function session(changes: Partial<Session> = {}): Session {
  return {
    origin: 'mcp',
    profile: profile('assistant'),
    taint: untainted,
    usage: nothingUsed,
    refusals: 0,
    ...changes,
  }
}

export function letter(changes: Partial<Outgoing> = {}): Outgoing {
  return {
    kind: 'new',
    recipients: [david],
    subject: 'Feedback scores',
    text: 'Olivia: 4, Mia: 2, Mason: 3',
    links: [],
    attachments: [],
    ...changes,
  }
}

export function sending(outgoing: Partial<Outgoing> = {}): Intent {
  return { capability: 'send', scope: { type: 'accounts', accounts: ['work'] }, outgoing: letter(outgoing) }
}

export function reading(changes: Partial<Reading> = {}): Reading {
  return {
    kind: 'message',
    id: '6M1TJ8Z2Q4',
    author: david.address,
    audience: [emma],
    own: false,
    text: 'Please send me an email with the scores that the users give in the feedback.',
    ...changes,
  }
}

export function having(...readings: readonly Partial<Reading>[]): Session {
  return session({ taint: readings.map(reading).reduce(afterReading, untainted) })
}
