import { setTimeout as sleep } from 'node:timers/promises'
import { DraftQueue } from '#librarian/drafts/queue.ts'
import { deterministic } from '#librarian/processors/deterministic.ts'
import { runLibrarian } from '#librarian/run.ts'
import { Store } from '#memory/store.ts'

// One of several that propose and commit in the same place at once.
// Usage: node scripts/librarian-crash/writer.ts LOG DRAFTS NAME ROUNDS PER_ROUND
// Prints `submitted ID`, `accepted ID` for each draft, as soon as it is true.
const [log = '', drafts = '', name = '', rounds = '0', perRound = '0'] = process.argv.slice(2)
const lockPauseMs = 5

const queue = opened(DraftQueue.open(drafts, { create: true }))
for (let round = 0; round < Number(rounds); round++) {
  for (let at = 0; at < Number(perRound); at++) {
    const submitted = queue.submit(
      {
        surface: 'directory',
        agent: null,
        project: null,
        operator: null,
        provenance: `file:${name}`,
        mail: null,
        tags: [],
        text: `# ${name} ${round} ${at}\nmark: "${name} ${round} ${at}"\n`,
      },
      Date.now(),
    )
    say('submitted', opened(submitted).draft.id)
  }
  await pass()
}

async function pass(): Promise<void> {
  const ran = await runLibrarian({
    queue,
    openStore: openPatiently,
    processor: deterministic,
    now: Date.now,
    staleMs: 60_000,
    isAlive,
  })
  for (const { id, state } of opened(ran).items) if (state === 'accepted') say('accepted', id)
}

async function openPatiently() {
  for (;;) {
    const store = await Store.open(log, { now: Date.now(), owner: name })
    if (store.ok || store.error.code !== 'Locked') return store
    await sleep(lockPauseMs)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function say(what: string, id: string): void {
  process.stdout.write(`${what} ${id}\n`)
}

function opened<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown },
): T {
  if (result.ok) return result.value
  throw new Error(JSON.stringify(result.error))
}
