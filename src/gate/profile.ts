import type { AgentSettings, ProfileCapability, ProfileSettings } from '#config/index.ts'
import { profileCapabilities } from '#config/index.ts'
import type { Capability } from './capability.ts'

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

/** The settings know the same capabilities as the gate; one more on either side does not compile. */
const inSettings: Readonly<Record<Grantable, ProfileCapability>> & Readonly<Record<ProfileCapability, Grantable>> =
  Object.fromEntries(profileCapabilities.map(name => [name, name])) as Record<ProfileCapability, ProfileCapability>

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

export const grantable: readonly Grantable[] = profileCapabilities.map(name => inSettings[name])

/** The profile of that name: the person's own before a built-in one; undefined where there is none. */
export function profileNamed(name: string, { profiles }: AgentSettings): Profile | undefined {
  if (Object.hasOwn(profiles, name)) {
    const settings = profiles[name]
    if (settings !== undefined) return fromSettings(name, settings)
  }
  return Object.hasOwn(builtInProfiles, name) ? builtInProfiles[name] : undefined
}

/** All that can be named, the person's own included. */
export function profileNames({ profiles }: AgentSettings): readonly string[] {
  return [...new Set([...Object.keys(builtInProfiles), ...Object.keys(profiles)])]
}

/** What both allow: authority that was asked to be less (R-02-02). */
export function meet(one: Profile, other: Profile): Profile {
  const levels = grantable.map(name => [name, lower(levelOf(one, name), levelOf(other, name))] as const)
  return {
    name: one.name === other.name ? one.name : `${one.name}, as ${other.name}`,
    accounts: common(one.accounts, other.accounts),
    levels: Object.fromEntries(levels),
    labelsHidden: [...new Set([...one.labelsHidden, ...other.labelsHidden])],
    limits: {
      messagesPerPlan: Math.min(one.limits.messagesPerPlan, other.limits.messagesPerPlan),
      messagesPerHour: Math.min(one.limits.messagesPerHour, other.limits.messagesPerHour),
      sendsPerDay: Math.min(one.limits.sendsPerDay, other.limits.sendsPerDay),
      newRecipientsPerDay: Math.min(one.limits.newRecipientsPerDay, other.limits.newRecipientsPerDay),
      exportBytesPerHour: Math.min(one.limits.exportBytesPerHour, other.limits.exportBytesPerHour),
      memoryDraftsPerHour: Math.min(one.limits.memoryDraftsPerHour, other.limits.memoryDraftsPerHour),
    },
  }
}

function fromSettings(name: string, settings: ProfileSettings): Profile {
  const levels = grantable.flatMap(capability => {
    const level = settings[inSettings[capability]]
    return level === undefined ? [] : [[capability, level] as const]
  })
  return {
    name,
    accounts: settings.accounts,
    levels: Object.fromEntries(levels),
    labelsHidden: settings.labels_hidden,
    limits: {
      messagesPerPlan: settings.max_per_plan ?? limitsDefault.messagesPerPlan,
      messagesPerHour: settings.messages_per_hour ?? limitsDefault.messagesPerHour,
      sendsPerDay: settings.sends_per_day ?? limitsDefault.sendsPerDay,
      newRecipientsPerDay: settings.new_recipients_per_day ?? limitsDefault.newRecipientsPerDay,
      exportBytesPerHour: settings.export_bytes_per_hour ?? limitsDefault.exportBytesPerHour,
      memoryDraftsPerHour: settings.memory_drafts_per_hour ?? limitsDefault.memoryDraftsPerHour,
    },
  }
}

function lower(one: Level, other: Level): Level {
  if (one === 'deny' || other === 'deny') return 'deny'
  return one === 'ask' || other === 'ask' ? 'ask' : 'allow'
}

function common(one: readonly string[], other: readonly string[]): readonly string[] {
  if (one.includes('*')) return other
  return other.includes('*') ? one : one.filter(account => other.includes(account))
}

function builtIn(name: string, levels: Profile['levels']): Profile {
  return { name, accounts: ['*'], levels, labelsHidden: [], limits: limitsDefault }
}
