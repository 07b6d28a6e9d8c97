import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeRecord } from '#memory/canonical/encode.ts'
import { temporaryFiles } from '#memory/canonical/files.ts'
import { errorPath } from '#memory/compile/compile-error.ts'
import { Store } from '#memory/store.ts'
import { storeErrorName } from '#memory/store-error.ts'
import type { Run } from '../../command.ts'
import { readInput } from './input.ts'
import { programBytesMax, readProgram, type Step } from './program.ts'
import { storeFailure } from './refusal.ts'
import { integer } from './wire.ts'

export const run: Run = async ({ positionals: [file = ''] }, { clock, output }) => {
  const steps = readProgram(readInput(file, programBytesMax))
  const directory = mkdtempSync(join(tmpdir(), `postern-replay-${process.pid}-`))
  const path = join(directory, 'canonical.log')
  try {
    const opened = Store.open(path, { now: clock.now(), sealed: false, files: temporaryFiles })
    if (!opened.ok) throw storeFailure(opened.error, path)
    for (const step of steps) output.data(verdict(opened.value, step))
    opened.value.close()
    const bytes = readFileSync(path)
    output.data({ len: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
  return 'done'
}

/** The fields are those of the program files that other implementations publish with their results. */
function verdict(store: Store, step: Step): Record<string, unknown> {
  if (step.type === 'query') {
    const asked = store.query(step.input)
    if (!asked.ok) return { ok: false, err: errorPath(asked.error) }
    const { flags, records } = asked.value
    return { ok: true, flags, records: records.map(record => Buffer.from(encodeRecord(record)).toString('hex')) }
  }
  const committed = store.commitBatch(step.input, step.now)
  if (!committed.ok) return { ok: false, err: storeErrorName(committed.error) }
  return { ok: true, committed_at: integer(committed.value.committedAt), log_len: committed.value.length }
}
