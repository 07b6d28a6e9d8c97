import { Failure } from '#base/failure.ts'
import { sealKeysOf } from '#memory/seal-key.ts'
import { findings, isSound, type SealFinding, type Verification, verifyLog } from '#memory/verify.ts'
import type { Run } from '../../command.ts'
import type { Output } from '../../session.ts'
import { logPathOf } from './open-log.ts'
import { quoted, storeFailure } from './refusal.ts'

export const run: Run = async ({ options }, session) => {
  const path = logPathOf(options, session)
  const verified = verifyLog(path, { keys: sealKeysOf(path) })
  if (!verified.ok) throw storeFailure(verified.error, path)
  const found = verified.value
  if (session.output.json) {
    session.output.data(verificationJson(found))
    return isSound(found) ? 'done' : 'integrity' // the findings are data already
  }
  showVerification(found, session.output)
  if (isSound(found)) return 'done'
  throw new Failure('integrity', 'log_unsound', `${path}: ${findings(found).join('; ')}`, {
    next: `postern memory repair --log ${quoted(path)}`,
  })
}

function showVerification(found: Verification, output: Output): void {
  const rows: readonly (readonly [string, string | number])[] = [
    ['records', found.records],
    ['checkpoints', found.checkpoints],
    ['memories', found.memories],
    ['symbol events', found.symbolEvents],
    ['tail', tailWords(found)],
    ['dangling symbols', found.danglingSymbols],
    ['seal', sealWords(found.seal)],
    ['replay', found.replay === undefined ? 'fits' : 'DOES NOT FIT'],
    ['snapshot', found.snapshot],
  ]
  output.write(rows.map(([name, value]) => `${name.padEnd(18)}${value}\n`).join(''))
}

function tailWords({ tail }: Verification): string {
  if (tail.type === 'clean') return 'clean'
  if (tail.type === 'orphan') return `orphan (${tail.bytes} bytes, the next commit removes them)`
  return `CORRUPT (${tail.bytes} bytes from offset ${tail.offset} on)`
}

function sealWords(seal: SealFinding): string {
  if (seal.state === 'unsealed') return 'none: nothing can tell whether the log was changed'
  if (seal.state === 'broken') return 'BROKEN'
  const signed = seal.signed === 0 ? '' : `, ${seal.signed} of them signed`
  const behind = seal.unsealedBatches === 0 ? '' : ', the last batch not sealed yet'
  return `${seal.entries} ${seal.entries === 1 ? 'entry' : 'entries'}${signed}${behind}`
}

/** The first names are those under which other implementations publish the same findings. */
function verificationJson(found: Verification): Record<string, unknown> {
  const { tail, seal } = found
  return {
    ok: isSound(found),
    records: found.records,
    checkpoints: found.checkpoints,
    memories: found.memories,
    symbol_events: found.symbolEvents,
    dangling: found.danglingSymbols,
    tail: tail.type === 'clean' ? 'Clean' : tail.type === 'orphan' ? 'Orphan' : 'Corrupt',
    tail_bytes: tail.type === 'clean' ? 0 : tail.bytes,
    ...(tail.type === 'corrupt' ? { tail_offset: tail.offset, tail_error: tail.error.code } : {}),
    committed_len: found.committedEnd,
    log_len: found.length,
    seal: sealJson(seal),
    snapshot: found.snapshot,
    findings: findings(found),
  }
}

function sealJson(seal: SealFinding): Record<string, unknown> {
  if (seal.state === 'unsealed') return { state: seal.state }
  if (seal.state === 'broken') return { state: seal.state, err: seal.error.code }
  return { state: seal.state, entries: seal.entries, signed: seal.signed, unsealed_batches: seal.unsealedBatches }
}
