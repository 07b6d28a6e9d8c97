import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DraftQueue } from '#librarian/drafts/queue.ts'
import { newDirectory } from '../postern.ts'

test('a queue of a hundred thousand drafts is listed and taken from without reading them all', () => {
  const directory = join(newDirectory('many'), 'drafts')
  const opened = DraftQueue.open(directory, { create: true })
  if (!opened.ok) throw new Error(opened.error.message)
  mkdirSync(join(directory, 'pending'), { recursive: true })
  const idOf = (at: number) => at.toString(16).padStart(32, '0')
  for (let at = 0; at < 100_000; at++) writeFileSync(join(directory, 'pending', `${idOf(at)}.json`), '')
  const before = process.memoryUsage.rss()
  const ids = opened.value.ids('pending')
  expect(ids).toHaveLength(100_000)
  expect(ids[0]).toBe(idOf(0))
  expect(opened.value.claim(idOf(5), 1)).toMatchObject({ ok: true })
  expect(opened.value.stateOf(idOf(5))).toBe('processing')
  expect((process.memoryUsage.rss() - before) / 1e6).toBeLessThan(200)
}, 120_000)
