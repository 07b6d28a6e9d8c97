import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as v from 'valibot'
import { syncDirectory } from '#base/durable.ts'
import { err, ok, type Result } from '#base/result.ts'
import { codeOf, namesIn, readPlainFile, writeNew } from '../plain-file.ts'
import type { QuorumError } from './spec.ts'

const fileBytesMax = 4 * 1024 ** 2
const idPattern = /^[0-9a-f]{32}$/

/**
 * What was said in one episode, a file each. A file is written whole and never again: whoever comes second takes what
 * is there. What is there is therefore where an interrupted episode goes on.
 */
export class EpisodeRecord {
  readonly #root: string
  readonly #id: string

  constructor(root: string, id: string) {
    if (!idPattern.test(id)) throw new Error('not the id of an episode')
    this.#root = root
    this.#id = id
  }

  /** Undefined when it is not there. */
  read<Schema extends v.GenericSchema>(
    name: string,
    schema: Schema,
  ): Result<v.InferOutput<Schema> | undefined, QuorumError> {
    const bytes = readPlainFile(this.#path(name), fileBytesMax)
    if (bytes === undefined) return ok(undefined)
    const parsed = v.safeParse(schema, jsonOf(bytes))
    if (parsed.success) return ok(parsed.output)
    return err({ code: 'quorum_damaged', message: `${this.#path(name)} is not what was written` })
  }

  /** What the file holds afterwards: `value`, or what somebody else wrote before. */
  keep<Schema extends v.GenericSchema>(
    name: string,
    schema: Schema,
    value: v.InferInput<Schema>,
  ): Result<v.InferOutput<Schema>, QuorumError> {
    const path = this.#path(name)
    const temporary = join(this.#root, 'work', randomBytes(12).toString('hex'))
    for (const directory of [dirname(temporary), dirname(path)]) mkdirSync(directory, { recursive: true, mode: 0o700 })
    writeNew(temporary, `${JSON.stringify(value, null, 2)}\n`)
    try {
      linkSync(temporary, path)
      syncDirectory(dirname(path))
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST') throw cause
    } finally {
      unlinkSync(temporary)
    }
    const kept = this.read(name, schema)
    if (!kept.ok) return kept
    if (kept.value === undefined) throw new Error('what was written is not there')
    return ok(kept.value)
  }

  #path(name: string): string {
    return join(this.#root, this.#id, `${name}.json`)
  }
}

/** The episodes below a directory, in the order of their ids. */
export function episodeIds(root: string): readonly string[] {
  return namesIn(root)
    .filter(name => idPattern.test(name))
    .sort()
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
