import { accountsPart } from '../accounts/index.ts'
import { outboxPart } from '../outbox/index.ts'
import type { Core, Handlers, Part } from '../part.ts'
import { sendingPart } from '../sending/index.ts'
import { syncPart } from '../sync/index.ts'
import { type Clients, operatingPart } from './operating.ts'
import { readingPart } from './reading.ts'

export interface Assembled {
  /** In the order of starting; they stop in the opposite one. */
  readonly parts: readonly Part[]
  /** One for each request of the table: a request that no part answers does not compile. */
  readonly handlers: Handlers
}

/** Puts the daemon together. A part that needs another one is given it here. */
export function assemble(core: Core, clients: Clients): Assembled {
  const reading = readingPart(core)
  const outbox = outboxPart(core)
  const operating = operatingPart(core, clients)
  const accounts = accountsPart(core)
  const sending = sendingPart(core, accounts)
  const sync = syncPart(core, { outbox, accounts, sending })
  return {
    parts: [reading, outbox, accounts, sending, operating, sync],
    handlers: {
      ...reading.handlers,
      ...outbox.handlers,
      ...accounts.handlers,
      ...sending.handlers,
      ...operating.handlers,
      ...sync.handlers,
    },
  }
}
