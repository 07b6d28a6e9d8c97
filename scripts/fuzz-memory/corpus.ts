import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeSealEntry, encodeSealHeader, newEntry, sealStart } from '#memory/canonical/seal.ts'
import { encodeSnapshot } from '#memory/canonical/snapshot.ts'
import { Pipeline } from '#memory/compile/pipeline.ts'

interface Core {
  readonly scenarios: readonly { readonly file_hex: string; readonly steps: readonly { readonly input?: string }[] }[]
  readonly parse: readonly { readonly input: string }[]
  readonly decode: readonly { readonly hex: string }[]
}

export const keptDirectory = 'test/vectors/memory/fuzz'

/** Sound and unsound examples of everything that is read, by kind, and what is worth keeping from earlier runs. */
export function corpus(): readonly (readonly Buffer[])[] {
  const core: Core = JSON.parse(readFileSync('test/vectors/memory/core.json', 'utf8'))
  const texts = [...core.parse, ...core.scenarios.flatMap(({ steps }) => steps)].map(({ input = '' }) => input)
  const logs = core.scenarios.map(({ file_hex }) => Buffer.from(file_hex, 'hex').subarray(8, 4_096))
  const states = [8, 40, 120].map(count => stateOf(texts.slice(0, count)))
  return [
    texts.map(text => Buffer.from(text)),
    core.decode.map(({ hex }) => Buffer.from(hex, 'hex')),
    logs,
    logs.map(sealOf),
    states,
    states.map(snapshotOf),
    [lock],
    [Buffer.from('[core]\n\tbare = false\n[remote "origin"]\n\turl = https://example.org/a.git\n')],
    kept(),
  ]
}

const lock = Buffer.from(
  'lock_id=1-2-3\nowner=postern\npid=1\nacquired_at_ms=2\nlog_path=/x\nhost=h\nboot=b\nstarted=5\npid_space=p\n',
)

export function kept(): readonly Buffer[] {
  if (!existsSync(keptDirectory)) return []
  return readdirSync(keptDirectory)
    .sort()
    .map(name => readFileSync(join(keptDirectory, name)))
}

function sealOf(log: Buffer): Buffer {
  return Buffer.concat([encodeSealHeader(), encodeSealEntry(newEntry(sealStart, log.length, log))])
}

function stateOf(texts: readonly string[]): Buffer {
  const pipeline = new Pipeline()
  for (const [at, text] of texts.entries()) {
    if (pipeline.compile(text, 1_713_350_400_000 + at).ok) pipeline.commit()
  }
  return Buffer.from(pipeline.exportState())
}

function snapshotOf(bytes: Buffer): Buffer {
  const { header, state } = encodeSnapshot({ end: 1, hash: sealStart, state: bytes })
  return Buffer.concat([header, state])
}
