import * as v from 'valibot'

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
})

export type Config = v.InferOutput<typeof configSchema>

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

/** The names that may stand in the table at `path`: what a mistyped one is compared with. */
export function namesAt(path: readonly string[]): string[] {
  if (path.length === 0) return Object.keys(configSchema.entries)
  const prefix = `${path.join('.')}.`
  return configKeys()
    .filter(({ key }) => key.startsWith(prefix))
    .map(({ key }) => key.slice(prefix.length))
}

/** A table that may be left out, in which every key has a default. */
function section<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.optional(v.strictObject(entries), {} as v.InferInput<v.StrictObjectSchema<Entries, undefined>>)
}

/** The type of the key at `path` in a person's words; undefined where there is no such key. */
export function typeAt(path: readonly string[]): string | undefined {
  return configKeys().find(({ key }) => key === path.join('.'))?.type
}

/** The value of a dotted key in settings that {@link configSchema} has accepted. */
export function settingOf(config: Config, key: string): unknown {
  return key.split('.').reduce<unknown>((value, name) => {
    return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  }, config)
}
