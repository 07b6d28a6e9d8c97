import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MemoryReader } from '#memory/reader.ts'
import { Store, workspaceLogPath } from '#memory/store.ts'

const now = Date.parse('2026-01-02T00:00:00Z')
let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'postern-recovery-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

test('what a crash leaves behind the last batch is cut once, and a second opening changes nothing', () => {
  let run = 0
  fc.assert(
    // Opcodes of the format, cut short: bytes of an unknown opcode are damage, and are left for a person.
    fc.property(fc.constantFrom(0x01, 0x02, 0x03, 0x04, 0x10), fc.uint8Array({ maxLength: 30 }), (opcode, rest) => {
      const log = join(directory, String(run++), 'canonical.log')
      commit(log, '(sem @a p 1 :src @observation :c 0.5 :v 2025-01-01)')
      const whole = readFileSync(log)
      // A declared length beyond the end: torn, whatever the bytes are.
      appendFileSync(log, Buffer.from([opcode, 0xff, 0xff, 0x7f, ...rest]))
      value(Store.open(log, { now })).close()
      expect(readFileSync(log).equals(whole)).toBe(true)
      value(Store.open(log, { now })).close()
      expect(readFileSync(log).equals(whole)).toBe(true)
      commit(log, '(sem @a q 2 :src @observation :c 0.5 :v 2025-01-01)')
      expect(facts(log, 'a')).toBe(2)
    }),
    { numRuns: 40 },
  )
})

test('two workspaces below one directory share nothing', () => {
  let run = 0
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 4 })), { maxLength: 10 }), writes => {
      const root = join(directory, `both-${run++}`)
      const logs = ['a'.repeat(64), 'b'.repeat(64)].map(id => workspaceLogPath(root, id))
      const expected = [new Set<number>(), new Set<number>()]
      for (const [isSecond, n] of writes) {
        const which = isSecond ? 1 : 0
        const known = expected[which]?.has(n) ?? false
        expected[which]?.add(n)
        if (!known) commit(logs[which] ?? '', `(sem @s p${n} ${n} :src @observation :c 0.5 :v 2025-01-01)`)
      }
      for (const [which, log] of logs.entries()) {
        const count = expected[which]?.size ?? 0
        if (count === 0) expect(MemoryReader.open(log).ok).toBe(false)
        else expect(facts(log, 's')).toBe(count)
      }
    }),
    { numRuns: 25 },
  )
})

function commit(log: string, batch: string): void {
  const store = value(Store.open(log, { now }))
  value(store.commitBatch(batch, now))
  store.close()
}

function facts(log: string, subject: string): number {
  const reader = value(MemoryReader.open(log))
  const found = value(reader.query(`(query :s @${subject} :limit 100)`)).records.length
  reader.close()
  return found
}

function value<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (result.ok) return result.value
  throw new Error(JSON.stringify(result.error))
}
