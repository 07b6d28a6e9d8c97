import * as v from 'valibot'
import { err, ok, type Result } from '#base/result.ts'

/** What the registry knows about a package, as far as the gates ask. */
export interface Packument {
  /** When each version was published, as ISO text. */
  readonly publishedAt: ReadonlyMap<string, string>
  /** The versions that can be had, with the word of deprecation where there is one. */
  readonly versions: ReadonlyMap<string, string | undefined>
}

export type RegistryAnswer = Result<Packument, 'gone' | 'unreachable'>

const timeoutMs = 30_000
const bodyBytesMax = 64 * 1024 * 1024
const requestsAtOnceMax = 6

const packumentSchema = v.object({
  time: v.optional(v.record(v.string(), v.unknown()), {}),
  versions: v.optional(v.record(v.string(), v.object({ deprecated: v.optional(v.unknown()) }))),
})

/**
 * Asks a registry about many packages, some at a time. Nothing is kept from one run to the next: an
 * answer that is a day old cannot say what was withdrawn since.
 */
export async function askRegistry(
  registry: string,
  names: Iterable<string>,
): Promise<ReadonlyMap<string, RegistryAnswer>> {
  const waiting = [...new Set(names)]
  const answers = new Map<string, RegistryAnswer>()
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      answers.set(name, await askAbout(registry, name))
    }
  }
  await Promise.all(Array.from({ length: requestsAtOnceMax }, work))
  return answers
}

async function askAbout(registry: string, name: string): Promise<RegistryAnswer> {
  const address = `${registry.replace(/\/+$/, '')}/${name.replace('/', '%2f')}`
  try {
    const response = await fetch(address, {
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (response.status === 404 || response.status === 410) return err('gone')
    if (!response.ok) return err('unreachable')
    const parsed = v.safeParse(packumentSchema, JSON.parse(await readBody(response)))
    if (!parsed.success) return err('unreachable')
    const { time, versions } = parsed.output
    // A package that was withdrawn as a whole leaves only the day on which that happened.
    if (versions === undefined) return err(time.unpublished === undefined ? 'unreachable' : 'gone')
    return ok(packumentOf(time, versions))
  } catch {
    return err('unreachable')
  }
}

async function readBody(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body ?? []) {
    bytes += part.byteLength
    if (bytes > bodyBytesMax) throw new RangeError(`the registry sent more than ${bodyBytesMax} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

type Shape = Required<v.InferOutput<typeof packumentSchema>>

function packumentOf(time: Shape['time'], versions: NonNullable<Shape['versions']>): Packument {
  const publishedAt = new Map<string, string>()
  for (const [version, at] of Object.entries(time)) if (typeof at === 'string') publishedAt.set(version, at)
  const known = new Map<string, string | undefined>()
  for (const [version, { deprecated }] of Object.entries(versions)) known.set(version, deprecationOf(deprecated))
  return { publishedAt, versions: known }
}

/** The registry has written `false` and the empty string for “not deprecated” too. */
function deprecationOf(field: unknown): string | undefined {
  if (field === undefined || field === null || field === false || field === '') return undefined
  return typeof field === 'string' ? field : 'without a word'
}
