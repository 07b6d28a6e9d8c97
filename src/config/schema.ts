import * as v from 'valibot'
import type { Account } from './account.ts'
import { accountSchema } from './account-schema.ts'
import type { AgentSettings } from './agents.ts'
import { type Processors, processorSchema } from './processors.ts'
import type { Programs } from './programs.ts'

/**
 * Every key. `title` says its type in a person's words, `description` what it does: both are what
 * `postern config explain` prints. Keys are in snake_case, units last.
 */
export const configSchema = v.strictObject({
  log: section({
    level: v.optional(
      v.pipe(
        v.picklist(['debug', 'info', 'warn', 'error']),
        v.title('debug, info, warn or error'),
        v.description('The least severe event that is written to the log.'),
      ),
      'info',
    ),
    file_bytes_max: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(64 * 1024),
        v.maxValue(1024 ** 3),
        v.title('bytes, 65536 to 1073741824'),
        v.description('The size at which the log file is rotated.'),
      ),
      10 * 1024 ** 2,
    ),
    files_max: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(1),
        v.maxValue(100),
        v.title('1 to 100'),
        v.description('How many log files are kept, the current one included.'),
      ),
      5,
    ),
  }),
  secrets: section({
    store: v.optional(
      v.pipe(
        v.picklist(['auto', 'keychain', 'file']),
        v.title('auto, keychain or file'),
        v.description(
          'Where passwords are kept: the system’s keychain, or a file that only you can read. auto: a keychain if there is one.',
        ),
      ),
      'auto',
    ),
  }),
  send: section({
    delay_s: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(0),
        v.maxValue(3600),
        v.title('seconds, 0 to 3600'),
        v.description('How long a message waits before it leaves, so that sending can be undone.'),
      ),
      10,
    ),
    late_max_min: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(1),
        v.maxValue(10_080),
        v.title('minutes, 1 to 10080'),
        v.description(
          'A message whose time came while the machine slept still leaves within this time; later it is held and you are asked.',
        ),
      ),
      60,
    ),
    quote: v.optional(
      v.pipe(
        v.picklist(['bottom', 'top', 'none']),
        v.title('bottom, top or none'),
        v.description('Where a reply quotes what it answers: below your text, above it, or not at all.'),
      ),
      'bottom',
    ),
  }),
  harness: section({
    after_session: v.optional(
      v.pipe(
        v.picklist(['off', 'librarian']),
        v.title('off or librarian'),
        v.description('What follows a session of postern run: nothing, or the librarian works through the drafts.'),
      ),
      'off',
    ),
    capsule_chars: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(1_000),
        v.maxValue(100_000),
        v.title('1000 to 100000'),
        v.description('How many characters of memory an agent is given at the start of a session.'),
      ),
      8_000,
    ),
  }),
  librarian: section({
    processor: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^[a-z][a-z0-9_-]{0,39}$/),
        v.title('deterministic, or the name of a table [librarian.processors.NAME]'),
        v.description('What makes memory out of drafts: rules alone, or a model.'),
      ),
      'deterministic',
    ),
  }),
  checks: section({
    attachment_missing: level('warn', 'The text speaks of an attachment and there is none.'),
    subject_empty: level('warn', 'The message has no subject.'),
    body_empty: level('warn', 'The message has no text of its own.'),
    placeholder: level('warn', 'The text holds a placeholder such as {{name}}.'),
    secret: level('block', 'The text, the subject or a file holds what looks like a key, a token or a password.'),
    one_time_code: level('warn', 'The text holds what looks like a one-time code.'),
    personal_data: level('warn', 'The text holds what looks like a card or social security number.'),
    first_time: level('warn', 'A recipient outside of internal_domains to whom you never wrote.'),
    look_alike: level('warn', 'A recipient’s address or domain almost equals one that you write to.'),
    reply_to: level('warn', 'A reply goes to another domain than the message came from.'),
    recipient_lost: level('warn', 'A reply to all leaves out somebody who was addressed.'),
    greeting: level('warn', 'The text greets one person and goes to several.'),
    many_recipients: level('warn', 'More recipients see each other than recipients_max.'),
    sensitive_domain: level('block', 'A recipient is in sensitive_domains.'),
    internal_marker: level('block', 'A text with one of internal_markers goes outside of internal_domains.'),
    recipients_max: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(1),
        v.maxValue(1000),
        v.title('1 to 1000'),
        v.description('How many recipients may see each other before many_recipients speaks.'),
      ),
      20,
    ),
    internal_domains: words('Domains that count as your own, beside those of your accounts.'),
    sensitive_domains: words('Domains that sensitive_domain is about.'),
    internal_markers: words('Words that mark a text as internal.'),
  }),
})

/** Settings in force. Accounts that cannot be used are left out and named, so that one slip does not stop the others. */
export interface Config extends v.InferOutput<typeof configSchema> {
  readonly accounts: readonly Account[]
  readonly refusedAccounts: readonly RefusedAccount[]
  readonly agents: AgentSettings
  readonly programs: Programs
  readonly processors: Processors
}

export interface RefusedAccount {
  readonly name: string
  /** Counted from 1. */
  readonly line: number
  readonly key: string
  readonly message: string
}

export interface KeyFacts {
  /** Dotted: `log.level`. */
  readonly key: string
  readonly summary: string
  readonly type: string
  readonly default: unknown
}

/** The keys of the schema, flat, in file order. */
export function configKeys(): KeyFacts[] {
  return Object.entries(configSchema.entries).flatMap(([sectionName, { wrapped }]) =>
    Object.entries(wrapped.entries).map(([keyName, entry]) => ({
      key: `${sectionName}.${keyName}`,
      summary: v.getDescription(entry.wrapped) ?? '',
      type: v.getTitle(entry.wrapped) ?? '',
      default: entry.default,
    })),
  )
}

/** The keys of a table `[librarian.processors.NAME]`, flat. */
export function processorKeys(): KeyFacts[] {
  return Object.entries(processorSchema.entries).flatMap(([name, entry]) =>
    factsOf('librarian.processors.NAME', name, entry),
  )
}

/** The names that may stand in the table at `path`: what a mistyped one is compared with. */
export function namesAt(path: readonly string[]): string[] {
  if (path.length === 0) return [...Object.keys(configSchema.entries), 'accounts', 'agents']
  if (path[0] === 'accounts') {
    const depth = path.length - 2
    const above = path.slice(2).join('.')
    const inside = accountKeys().map(({ key }) => key.split('.').slice(2))
    return [
      ...new Set(
        inside.filter(names => names.slice(0, depth).join('.') === above).flatMap(names => names[depth] ?? []),
      ),
    ]
  }
  const prefix = `${path.join('.')}.`
  return configKeys()
    .filter(({ key }) => key.startsWith(prefix))
    .map(({ key }) => key.slice(prefix.length))
}

/** The keys of a table `[accounts.NAME]`, flat; those of its own tables dotted. */
export function accountKeys(): KeyFacts[] {
  return Object.entries(accountSchema.entries).flatMap(([name, entry]) => factsOf('accounts.NAME', name, entry))
}

function factsOf(table: string, name: string, entry: v.GenericSchema): KeyFacts[] {
  const schema = 'wrapped' in entry ? (entry as v.OptionalSchema<v.GenericSchema, unknown>).wrapped : entry
  if ('entries' in schema) {
    const { entries } = schema as v.StrictObjectSchema<v.ObjectEntries, undefined>
    return Object.entries(entries).flatMap(([inner, below]) => factsOf(table, `${name}.${inner}`, below))
  }
  const standard = 'default' in entry ? entry.default : undefined
  return [
    {
      key: `${table}.${name}`,
      summary: v.getDescription(schema) ?? '',
      type: v.getTitle(schema) ?? '',
      default: standard ?? null,
    },
  ]
}

function level<const Level extends 'block' | 'warn' | 'off'>(standard: Level, description: string) {
  return v.optional(
    v.pipe(v.picklist(['block', 'warn', 'off']), v.title('block, warn or off'), v.description(description)),
    standard,
  )
}

function words(description: string) {
  const word = v.pipe(v.string(), v.minLength(1), v.maxLength(254))
  return v.optional(v.pipe(v.array(word), v.maxLength(500), v.title('a list of words'), v.description(description)), [])
}

/** A table that may be left out, in which every key has a default. */
function section<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.optional(v.strictObject(entries), {} as v.InferInput<v.StrictObjectSchema<Entries, undefined>>)
}

/** The type of the key at `path` in a person's words; undefined where there is no such key. */
export function typeAt(path: readonly string[]): string | undefined {
  if (path[0] === 'accounts') {
    const inside = path.slice(2).join('.')
    return accountKeys().find(
      ({ key }) =>
        inside === key.slice('accounts.NAME.'.length) || inside.startsWith(`${key.slice('accounts.NAME.'.length)}.`),
    )?.type
  }
  return configKeys().find(({ key }) => key === path.join('.'))?.type
}

/** The value of a dotted key in settings that {@link configSchema} has accepted. */
export function settingOf(config: Config, key: string): unknown {
  return key.split('.').reduce<unknown>((value, name) => {
    return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  }, config)
}
