import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { check, MailReader } from '../../../src/mail/store/index.ts'
import { directory, value } from './mailbox.ts'

const script = fileURLToPath(new URL('crash-writer.ts', import.meta.url))
const messages = 600
const rounds = Number(process.env.CRASH_ROUNDS ?? 10)

/** Runs the writer until it is done, or kills it after so many ms; gives how many messages it had acknowledged. */
async function write(path: string, killAfterMs?: number): Promise<number> {
  const child = spawn(process.execPath, [script, path, String(messages)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', chunk => {
    said += chunk
  })
  await once(child.stdout, 'data')
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  await once(child, 'close')
  clearTimeout(timer)
  const lines = said.slice(0, said.lastIndexOf('\n')).split('\n')
  return Number(lines.at(-1))
}

/** All that a person could see. */
function contents(path: string): unknown {
  const reader = value(MailReader.open(path))
  const ids = reader.statements.all('SELECT id FROM messages ORDER BY id').map(row => Number(row[0]))
  const seen = {
    findings: value(check(reader, { withRaw: true })),
    messages: reader.list(ids).map(message => ({ ...message, flags: { ...message.flags, read: false } })),
    labels: reader.labels().map(({ key, total }) => [key, total]),
    threads: value(reader.threads({ limit: 1000 })).threads.map(({ id, messages: many }) => [id, many]),
    hits: reader.statements.one(
      "SELECT count(*), sum(rowid) FROM message_index WHERE message_index MATCH 'a* OR e* OR t*'",
    ),
  }
  reader.close()
  return seen
}

test(`killed at ${rounds} random moments, the store is whole, has all it acknowledged, and ends the same`, async () => {
  const undisturbed = join(directory(), 'mail.db')
  await write(undisturbed)
  const expected = contents(undisturbed)
  const path = join(directory(), 'mail.db')
  let seed = 1
  for (let round = 0; round < rounds; round++) {
    seed = (seed * 48271) % 2147483647
    const acknowledged = await write(path, seed % 260)
    const reader = value(MailReader.open(path))
    expect(value(check(reader, { withRaw: true }))).toEqual([])
    expect(reader.totals().messages).toBeGreaterThanOrEqual(acknowledged)
    reader.close()
  }
  await write(path)
  expect(contents(path)).toEqual(expected)
}, 300_000)
