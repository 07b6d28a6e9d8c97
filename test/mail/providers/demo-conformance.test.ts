import { DemoProvider } from '#mail/providers/demo/provider.ts'
import { DemoServer } from '#mail/providers/demo/server.ts'
import { conforms } from './conformance.ts'

conforms('the demo', async () => {
  const server = new DemoServer()
  server.createMailbox('INBOX', 'inbox')
  server.createMailbox('Archive', 'archive')
  const at = (mailbox: string, uid: number) => ({ mailbox, uid, uidvalidity: 0 })
  return {
    provider: new DemoProvider('demo', server),
    elsewhere: {
      put: async (mailbox, raw) => {
        server.put(mailbox, { raw: Buffer.from(raw, 'latin1'), receivedAt: 1 })
      },
      star: async (mailbox, uid) => {
        server.mark(at(mailbox, uid), { add: ['starred'] })
      },
      expunge: async (mailbox, uid) => {
        server.expunge(at(mailbox, uid))
      },
      create: async mailbox => {
        server.createMailbox(mailbox)
      },
    },
    stop: async () => {},
  }
})
