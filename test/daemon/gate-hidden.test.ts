import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { postern } from '../postern.ts'
import { newInstance, withMail } from './daemon.ts'

test('mail under a hidden label is in no result, count, group or plan of that profile, whatever the query says', () => {
  const instance = newInstance()
  const { env, paths } = instance
  mkdirSync(paths.configDir, { recursive: true, mode: 0o700 })
  const profile =
    '[agents.profiles.shy]\naccounts = ["*"]\nstatus = "allow"\nread = "allow"\norganize = "allow"\nlabels_hidden = ["Medical"]\n'
  writeFileSync(paths.configFile, profile, { mode: 0o600 })
  const label = (name: string) => ({ key: name, name, kind: 'label' as const })
  withMail(instance, [
    { subject: 'Findings', labels: [label('Medical')] },
    { subject: 'Findings of the board', labels: [label('Work')] },
  ])
  onTestFinished(() => {
    postern(['daemon', 'stop'], { env })
  })
  const ask = (name: string, params: object, ...as: string[]) =>
    JSON.parse(postern([...as, 'request', name, JSON.stringify(params), '--json'], { env }).stdout)
  const shy = ['--as', 'shy']
  expect(ask('mail.count', { query: 'findings' })).toMatchObject({ total: 2 })
  for (const query of ['findings', 'findings OR label:Medical', 'label:Medical in:anywhere']) {
    const { items } = ask('mail.search', { query, limit: 10 }, ...shy)
    expect(JSON.stringify(items)).not.toContain('Medical')
  }
  expect(ask('mail.count', { query: 'findings' }, ...shy)).toMatchObject({ total: 1 })
  expect(JSON.stringify(ask('mail.group', { query: 'findings', by: 'label', limit: 10 }, ...shy))).not.toContain(
    'Medical',
  )
  const refused = { error: { code: 'policy_denied' } }
  expect(ask('mail.threads', { limit: 10 }, ...shy)).toMatchObject(refused)
  const selection = { by: 'query', query: 'findings' }
  expect(ask('plan.create', { changes: [{ action: 'archive' }], selection }, ...shy)).toMatchObject(refused)
})
