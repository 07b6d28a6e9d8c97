import * as v from 'valibot'
import { nearest } from '#base/nearest.ts'
import { err, ok, type Result } from '#base/result.ts'
import { lineOf } from './line-of.ts'
import type { ConfigProblem } from './problem.ts'

/**
 * The tables `[agents.profiles.NAME]`: what an agent may do. Anything wrong in one of them stops the program, because
 * the line that was mistyped may be the one that keeps an agent out. The gate (src/gate) says what the words mean.
 */
export const profileCapabilities = [
  'status',
  'read',
  'attachments',
  'export',
  'draft',
  'organize',
  'trash',
  'delete',
  'send',
  'unsubscribe',
  'sync',
  'rules',
  'config',
  'llm_cloud',
  'memory_read',
  'memory_draft',
  'memory_write',
  'activity',
] as const
export type ProfileCapability = (typeof profileCapabilities)[number]

const level = v.optional(v.picklist(['allow', 'ask', 'deny']))
const whole = (most: number) => v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(most)))
const names = v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(200))), v.maxLength(100))

const limitEntries = {
  max_per_plan: whole(100_000),
  messages_per_hour: whole(1_000_000),
  sends_per_day: whole(10_000),
  new_recipients_per_day: whole(10_000),
  export_bytes_per_hour: whole(2 ** 40),
  memory_drafts_per_hour: whole(10_000),
}
const levelEntries = Object.fromEntries(profileCapabilities.map(name => [name, level])) as Record<
  ProfileCapability,
  typeof level
>
const profileSchema = v.strictObject({
  /** Names of accounts; "*" must be spelled out. */
  accounts: names,
  labels_hidden: v.optional(names, []),
  ...levelEntries,
  ...limitEntries,
})
export type ProfileSettings = v.InferOutput<typeof profileSchema>

export interface AgentSettings {
  readonly profiles: Readonly<Record<string, ProfileSettings>>
}

export const profilesMax = 50
const profileName = /^[a-z][a-z0-9_-]{0,39}$/
const profileKeys = Object.keys(profileSchema.entries)

export function readAgents(value: unknown, text: string): Result<AgentSettings, readonly ConfigProblem[]> {
  const table = tableOf(value ?? {})
  if (table === undefined) return err([problem(text, ['agents'], 'agents must be tables [agents.profiles.NAME]')])
  const unknown = Object.keys(table).filter(name => name !== 'profiles' && name !== 'programs')
  if (unknown.length > 0) return err(unknown.map(name => unknownKey(text, ['agents'], name, ['profiles', 'programs'])))
  const profiles = tableOf(table.profiles ?? {})
  if (profiles === undefined) {
    return err([problem(text, ['agents', 'profiles'], 'agents.profiles must be tables [agents.profiles.NAME]')])
  }
  const entries = Object.entries(profiles)
  if (entries.length > profilesMax) {
    return err([problem(text, ['agents', 'profiles'], `there may be ${profilesMax} profiles at most`)])
  }
  const read = entries.map(([name, settings]) => readProfile(name, settings, text))
  const problems = read.flatMap(each => (each.ok ? [] : each.error))
  if (problems.length > 0) return err(problems)
  return ok({ profiles: Object.fromEntries(read.flatMap(each => (each.ok ? [each.value] : []))) })
}

function readProfile(
  name: string,
  settings: unknown,
  text: string,
): Result<readonly [string, ProfileSettings], readonly ConfigProblem[]> {
  const above = ['agents', 'profiles', name]
  if (!profileName.test(name)) {
    return err([
      problem(text, above, `a profile's name is lower-case letters, digits, - and _: "${name.slice(0, 60)}"`),
    ])
  }
  const checked = v.safeParse(profileSchema, settings)
  if (checked.success) return ok([name, checked.output])
  return err(
    checked.issues.map(issue => {
      const path = (issue.path ?? []).map(({ key }) => String(key))
      const last = path.at(-1) ?? ''
      if (issue.type === 'strict_object' && issue.expected === 'never')
        return unknownKey(text, above, last, profileKeys)
      const what = `${[...above, ...path].join('.')} must be ${expected(path[0] ?? '')}`
      return problem(text, [...above, ...path], what)
    }),
  )
}

function expected(key: string): string {
  if (key === '') return 'a table'
  if (key === 'accounts') return 'a list of account names; ["*"] for all'
  if (key === 'labels_hidden') return 'a list of labels'
  return Object.hasOwn(limitEntries, key) ? 'a whole number from 0 up' : 'allow, ask or deny'
}

function unknownKey(text: string, above: readonly string[], name: string, known: readonly string[]): ConfigProblem {
  const meant = nearest(name, known)
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`
  return {
    code: 'unknown_key',
    line: lineOf(text, [...above, name]),
    key: [...above, name].join('.'),
    message: `unknown key "${name.slice(0, 60)}" in [${above.join('.')}]${hint}`,
  }
}

function problem(text: string, path: readonly string[], message: string): ConfigProblem {
  return { code: 'invalid_value', line: lineOf(text, path), key: path.join('.'), message }
}

function tableOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isTable = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
  return isTable ? Object.fromEntries(Object.entries(value)) : undefined
}
