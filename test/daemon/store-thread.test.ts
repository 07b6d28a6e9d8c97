import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openStoreThread } from '../../src/daemon/store/thread.ts'
import { MailReader, MailWriter, seal } from '../../src/mail/store/index.ts'
import { directory, letter, value } from '../mail/store/mailbox.ts'

async function thread(path = join(directory(), 'mail.db')) {
  const opened = await openStoreThread({ path, onCrash: error => expect.unreachable(String(error)) })
  onTestFinished(() => opened.close())
  return { ...opened, path }
}

test('calls are done in the order of calling, and what an awaited one did can be read', async () => {
  const { writer, path } = await thread()
  const [{ id = 0 } = {}] = value(await writer.ingest(seal([letter()])))
  const reader = value(MailReader.open(path))
  onTestFinished(() => reader.close())
  const decide = (starred: boolean, clientKey: string) =>
    writer.decide({ changes: [{ action: 'star', starred }], messages: [id], clientKey, origin: 'human' })
  const all = await Promise.all([decide(true, 'key-1'), decide(false, 'key-2'), decide(true, 'key-3')])
  expect(all.map(each => value(each).changed)).toEqual([1, 1, 1])
  expect(reader.list([id])[0]?.flags.starred).toBe(true)
})

test('a fault in a call is that call’s alone', async () => {
  const { writer } = await thread()
  await expect(Reflect.apply(writer.decide, writer, [{}])).rejects.toThrow(/TypeError/)
  expect((await writer.saveSearch({ name: 'x', query: 'y', sort: 'newest', account: null }, 'add')).ok).toBe(true)
})

test('refusals come back as they are, without what cannot be copied', async () => {
  const { writer } = await thread()
  expect(await writer.undo({ clientKey: 'undo-nothing', origin: 'human' })).toEqual({
    ok: false,
    error: { code: 'decision_unknown', message: expect.any(String) },
  })
})

test('closed, it has done what was asked before, and takes nothing more', async () => {
  const { writer, close, path } = await thread()
  const last = writer.ingest(seal([letter(), letter()]))
  await close()
  expect(value(await last)).toHaveLength(2)
  await expect(writer.wakeSnoozed()).rejects.toThrow('closed')
  const again = value(MailWriter.open(path))
  again.close()
})

test('a store that cannot be opened says why', async () => {
  const path = directory()
  await expect(openStoreThread({ path, onCrash: () => undefined })).rejects.toMatchObject({ code: 'store_unreadable' })
})
