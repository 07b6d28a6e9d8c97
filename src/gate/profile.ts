import { CAPABILITIES, type Capability } from './capability.ts'

export type Level = 'allow' | 'ask' | 'deny'

/** What an agent may do at most. It can only lose by what it reads; nothing that it says adds to it. */
export interface Profile {
  readonly name: string
  /** Names of accounts; '*' is all of them, and has to be spelled out. */
  readonly accounts: readonly string[]
  /** What is missing is denied. `admin` can stand in no profile. */
  readonly levels: Readonly<Partial<Record<Grantable, Level>>>
  /** Mail under one of these labels does not exist for this profile. */
  readonly labelsHidden: readonly string[]
  readonly limits: Limits
}

export type Grantable = Exclude<Capability, 'admin'>

/** Budgets (R-02-12). Counted per token, over sliding windows of a monotonic clock. */
export interface Limits {
  readonly messagesPerPlan: number
  readonly messagesPerHour: number
  readonly sendsPerDay: number
  readonly newRecipientsPerDay: number
  readonly exportBytesPerHour: number
  readonly memoryDraftsPerHour: number
}

export const limitsDefault: Limits = {
  messagesPerPlan: 100,
  messagesPerHour: 500,
  sendsPerDay: 20,
  newRecipientsPerDay: 5,
  exportBytesPerHour: 16 * 1024 ** 2,
  memoryDraftsPerHour: 60,
}

const reading = { status: 'allow', read: 'allow', memory_read: 'allow', activity: 'allow' } as const
const assisting = { ...reading, attachments: 'ask', draft: 'allow', organize: 'allow', memory_draft: 'allow' } as const

/** The four that are always there. A profile of the same name in the settings replaces one. */
export const builtInProfiles: Readonly<Record<string, Profile>> = {
  reader: builtIn('reader', reading),
  assistant: builtIn('assistant', {
    ...assisting,
    trash: 'ask',
    send: 'allow',
    unsubscribe: 'ask',
    sync: 'allow',
    export: 'ask',
  }),
  organizer: builtIn('organizer', { ...reading, organize: 'allow', trash: 'allow', unsubscribe: 'ask', sync: 'allow' }),
  trusted: builtIn('trusted', {
    ...assisting,
    attachments: 'allow',
    trash: 'allow',
    send: 'allow',
    unsubscribe: 'allow',
    sync: 'allow',
    export: 'allow',
    rules: 'ask',
  }),
}

/** The level of a capability: `deny` unless the profile says otherwise, and always for what only a person does. */
export function levelOf(profile: Profile, capability: Capability): Level {
  return capability === 'admin' ? 'deny' : (profile.levels[capability] ?? 'deny')
}

/** Capabilities that the profile can never use: their tools are absent rather than refused. */
export function isAbsent(profile: Profile, capability: Capability): boolean {
  return levelOf(profile, capability) === 'deny'
}

export function allowsAccount(profile: Profile, account: string): boolean {
  return profile.accounts.includes('*') || profile.accounts.includes(account)
}

export const grantable: readonly Grantable[] = Object.keys(CAPABILITIES).filter(
  (name): name is Grantable => name !== 'admin',
)

function builtIn(name: string, levels: Profile['levels']): Profile {
  return { name, accounts: ['*'], levels, labelsHidden: [], limits: limitsDefault }
}
