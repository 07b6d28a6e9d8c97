import * as v from 'valibot'
import { nearest } from '#base/nearest.ts'
import { err, ok, type Result } from '#base/result.ts'
import { lineOf } from './line-of.ts'
import type { ConfigProblem } from './problem.ts'

/**
 * The tables `[librarian.processors.NAME]`: models that may read drafts. They name programs and hosts, and are
 * therefore read from the person's own file alone; that of a repository cannot have them (src/harness/trust).
 */
export type ProcessorSettings = CommandProcessor | HttpProcessor
export type Processors = Readonly<Record<string, ProcessorSettings>>

interface Common {
  readonly name: string
  /** As the person calls it; written down with what it proposed. */
  readonly model: string | null
  readonly timeoutMs: number
}

/** A program: the prompt on its stdin, the answer on its stdout. */
export interface CommandProcessor extends Common {
  readonly type: 'command'
  readonly command: readonly string[]
  /** Whether it is told the person's home directory, where such programs keep their login. */
  readonly home: boolean
}

/** A server with `POST {url}/chat/completions`. */
export interface HttpProcessor extends Common {
  readonly type: 'http'
  readonly url: string
  readonly keyCommand: readonly string[] | null
  readonly keyFile: string | null
}

const processorsMax = 50
const processorName = /^[a-z][a-z0-9_-]{0,39}$/
/** The rules that need no model: no table may have this name. */
const rules = 'deterministic'

const line = (charactersMax: number) =>
  v.pipe(
    v.string(),
    v.check(text => text.length > 0 && text.length <= charactersMax && !/[\x00-\x1f\x7f]/.test(text)),
  )
/** An argument may be empty; a program may not. */
const argument = v.pipe(v.string(), v.maxLength(4096), v.regex(/^[^\x00-\x1f\x7f]*$/))
const words = v.pipe(
  v.array(argument),
  v.minLength(1),
  v.maxLength(64),
  v.check(([program]) => program !== ''),
)

export const processorSchema = v.strictObject({
  command: v.optional(
    v.pipe(
      words,
      v.title('a list of words'),
      v.description('A program and its arguments, run without a shell: the prompt on stdin, the answer on stdout.'),
    ),
  ),
  home: v.optional(
    v.pipe(
      v.boolean(),
      v.title('true or false'),
      v.description('Whether the program is told your home directory; else it gets PATH and LANG alone.'),
    ),
    false,
  ),
  url: v.optional(
    v.pipe(
      line(2000),
      v.title('an http or https address'),
      v.description('The base of a server that speaks like OpenAI’s: /chat/completions is added.'),
    ),
  ),
  remote: v.optional(
    v.pipe(
      v.boolean(),
      v.title('true or false'),
      v.description('Allows a server on another machine, by https: your drafts go there.'),
    ),
    false,
  ),
  model: v.optional(
    v.pipe(line(200), v.title('a name'), v.description('The model to ask a server for, and to write down.')),
  ),
  key_command: v.optional(
    v.pipe(
      words,
      v.title('a list of words'),
      v.description('A command that prints the server’s key, such as one that asks the keychain; no shell.'),
    ),
  ),
  key_file: v.optional(
    v.pipe(
      line(4096),
      v.regex(/^(?:\/|[A-Za-z]:[\\/])/),
      v.title('an absolute path'),
      v.description('A file that only you can read, with the server’s key.'),
    ),
  ),
  // The longest that a draft may take, retries included, stays below the time after which it counts as abandoned.
  timeout_s: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(240),
      v.title('seconds, 1 to 240'),
      v.description('How long one answer may take.'),
    ),
    120,
  ),
})

/** The rest of the file's tables, and what stands in `[librarian.processors]`. */
export function withoutProcessors(document: Readonly<Record<string, unknown>>): {
  readonly table: Readonly<Record<string, unknown>>
  readonly processors: unknown
} {
  const { librarian } = document
  if (!isTable(librarian)) return { table: document, processors: undefined }
  const { processors, ...rest } = librarian
  return { table: { ...document, librarian: rest }, processors }
}

/** Anything wrong in one of them stops the program: it names what is run, and where drafts go. */
export function readProcessors(
  value: unknown,
  { text, chosen }: { readonly text: string; readonly chosen: string },
): Result<Processors, readonly ConfigProblem[]> {
  const above = ['librarian', 'processors']
  const problems: ConfigProblem[] = []
  const refuse = (path: readonly string[], message: string, code: ConfigProblem['code'] = 'invalid_value') => {
    problems.push({ code, line: lineOf(text, path), key: path.join('.'), message })
  }
  const table = value === undefined ? {} : value
  if (!isTable(table)) {
    refuse(above, 'librarian.processors must be tables [librarian.processors.NAME]')
    return err(problems)
  }
  const entries = Object.entries(table)
  if (entries.length > processorsMax) refuse(above, `there may be ${processorsMax} processors at most`)
  const processors: Record<string, ProcessorSettings> = Object.create(null)
  for (const [name, given] of entries.slice(0, processorsMax)) {
    const path = [...above, name]
    if (!processorName.test(name) || name === rules) {
      refuse(path, `"${name.slice(0, 60)}" is no name for a processor: lower-case letters, digits, - and _`)
      continue
    }
    const checked = v.safeParse(processorSchema, given)
    if (!checked.success) {
      for (const issue of checked.issues) tell(issue, path, refuse)
      continue
    }
    const made = settingsOf(name, checked.output)
    if (made.ok) processors[name] = made.value
    else refuse([...path, made.error.key], `${[...path, made.error.key].join('.')} ${made.error.message}`)
  }
  if (problems.length === 0 && chosen !== rules && !Object.hasOwn(processors, chosen)) {
    const meant = nearest(chosen, [rules, ...Object.keys(processors)])
    const hint = meant === undefined ? '' : `; did you mean "${meant}"?`
    refuse(['librarian', 'processor'], `there is no table [librarian.processors.${chosen}]${hint}`)
  }
  return problems.length > 0 ? err(problems) : ok(processors)
}

type Refuse = (path: readonly string[], message: string, code?: ConfigProblem['code']) => void

/** What stood there is not repeated: it may be a key that was written into the wrong place. */
function tell(issue: v.BaseIssue<unknown>, above: readonly string[], refuse: Refuse): void {
  const name = String(issue.path?.[0]?.key ?? '')
  const path = [...above, name]
  const known = Object.entries(processorSchema.entries).find(([key]) => key === name)?.[1]
  const meant = nearest(name, Object.keys(processorSchema.entries))
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`
  if (name === '') refuse(above, `${above.join('.')} must be a table`)
  else if (known !== undefined) refuse(path, `${path.join('.')} must be ${v.getTitle(known.wrapped) ?? ''}`)
  else refuse(path, `unknown key "${name.slice(0, 60)}" in [${above.join('.')}]${hint}`, 'unknown_key')
}

interface Slip {
  readonly key: string
  readonly message: string
}

function settingsOf(name: string, given: v.InferOutput<typeof processorSchema>): Result<ProcessorSettings, Slip> {
  const { command, url, key_command: keyCommand, key_file: keyFile } = given
  const common = { name, model: given.model ?? null, timeoutMs: given.timeout_s * 1000 }
  if (command !== undefined) {
    const foreign = (['url', 'key_command', 'key_file'] as const).find(key => given[key] !== undefined)
    if (foreign !== undefined) return slip(foreign, 'has no place beside command')
    const [program = ''] = command
    if (/[\\/]/.test(program) && !/^(?:\/|[A-Za-z]:[\\/])/.test(program)) {
      return slip('command', 'must begin with an absolute path, or with a name that is looked for on your PATH')
    }
    return ok({ type: 'command', ...common, command, home: given.home })
  }
  if (url === undefined) return slip('command', 'is missing, or url')
  if (keyCommand !== undefined && keyFile !== undefined) return slip('key_file', 'has no place beside key_command')
  const checked = checkUrl(url, given.remote)
  if (!checked.ok) return checked
  return ok({ type: 'http', ...common, url: checked.value, keyCommand: keyCommand ?? null, keyFile: keyFile ?? null })
}

/** A server on this machine, or by the person's own word another one, and then encrypted. */
function checkUrl(text: string, remote: boolean): Result<string, Slip> {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return slip('url', 'must be an http or https address')
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    return slip('url', 'must have no user, password, query or fragment; a key belongs into key_command or key_file')
  }
  if (!isLoopbackUrl(url)) {
    if (!remote) return slip('url', 'leads to another machine: with remote = true drafts may go there')
    if (url.protocol !== 'https:') return slip('url', 'leads to another machine, and must be https')
  }
  return ok(url.href.replace(/\/+$/, ''))
}

function isLoopbackUrl({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

function slip(key: string, message: string): Result<never, Slip> {
  return err({ key, message })
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
