import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseConfig } from '#config/index.ts'
import type { NewDraft } from '#librarian/drafts/draft.ts'
import { DraftQueue } from '#librarian/drafts/queue.ts'
import type { World } from '#librarian/models/world.ts'
import { processorOf, settingsOf } from '#librarian/processors/processor-of.ts'
import { type RunOptions, runLibrarian } from '#librarian/run.ts'
import { Sources } from '#librarian/sources.ts'
import { MemoryReader } from '#memory/reader.ts'
import { Store } from '#memory/store.ts'
import { newDirectory } from '../../postern.ts'

export const now = Date.parse('2026-03-01T12:00:00Z')
export const fact = '(sem @dora employer "Acme" :src @observation :c 0.5 :v 2026-01-01)'
const stub = join(import.meta.dirname, 'stub.ts')

/** A memory with its drafts, and a processor of settings that a person could have written. */
export class Place {
  readonly directory = newDirectory('models')
  readonly queue = value(DraftQueue.open(join(this.directory, 'drafts'), { create: true }))
  readonly log = join(this.directory, 'canonical.log')

  constructor() {
    mkdirSync(join(this.directory, 'home'))
    this.open().close()
  }

  get seen(): string {
    return join(this.directory, 'seen.json')
  }

  open(): Store {
    return value(Store.open(this.log, { now }))
  }

  write(batch: string): void {
    const store = this.open()
    value(store.commitBatch(batch, now - 1_000))
    store.close()
  }

  submit(given: Partial<NewDraft>): string {
    const none = { agent: null, project: null, operator: null, mail: null, tags: [] }
    const draft = { surface: 'mcp', provenance: 'mcp:', text: 'Dora works at Acme.', ...none, ...given } as const
    return value(this.queue.submit(draft, now)).draft.id
  }

  async run(settings: string, more: Partial<RunOptions & World> = {}) {
    const config = value(parseConfig(`[librarian]\nprocessor = "m"\n[librarian.processors.m]\n${settings}\n`))
    const world: World = {
      env: { PATH: process.env.PATH ?? '', SECRET_TOKEN: 'canary-7f3a' },
      homeDir: join(this.directory, 'home'),
      project: undefined,
      nonce: () => 'f'.repeat(32),
      ...more,
    }
    const processor = await processorOf(value(settingsOf(config)), world)
    return value(
      await runLibrarian({
        queue: this.queue,
        processor,
        openStore: async () => Store.open(this.log, { now }),
        copyOfMemory: () => value(MemoryReader.open(this.log)).pipeline,
        now: () => now,
        ...more,
      }),
    ).items
  }

  stub(mode: string, file = this.seen, more = 'timeout_s = 30') {
    return `command = ${JSON.stringify([process.execPath, stub, mode, file])}\n${more}`
  }

  objects(query: string): readonly unknown[] {
    return value(value(MemoryReader.open(this.log)).query(query)).records.map(record =>
      record.type === 'sem' && record.object.type === 'string' ? record.object.value : null,
    )
  }

  records(query: string) {
    return value(value(MemoryReader.open(this.log)).query(query)).records
  }

  sourceOf(id: string): ReadonlyMap<string, string> | undefined {
    return new Sources(value(MemoryReader.open(this.log)).pipeline).ofDraft(id)?.facts
  }
}

export function value<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (result.ok) return result.value
  throw new Error(JSON.stringify(result.error))
}
