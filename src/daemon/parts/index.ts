import { randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { accountsPart } from '../accounts/index.ts'
import type { Gatekeeper } from '../gate/keeper.ts'
import { gatePart } from '../gate/part.ts'
import { outboxPart } from '../outbox/index.ts'
import type { Core, Handlers, Part } from '../part.ts'
import { rememberingPart } from '../remembering/index.ts'
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
export function assemble(
  core: Core,
  { clients, gate }: { readonly clients: Clients; readonly gate: GateParts },
): Assembled {
  const reading = readingPart(core)
  const outbox = outboxPart(core)
  const operating = operatingPart(core, clients)
  const accounts = accountsPart(core)
  const sending = sendingPart(core, accounts)
  const sync = syncPart(core, { outbox, accounts, sending })
  const remembering = rememberingPart(core, gate.keeper, randomBytes)
  let handlers: Handlers | undefined
  const guarding = gatePart(core, { ...gate, handlers: () => present(handlers) })
  handlers = {
    ...reading.handlers,
    ...outbox.handlers,
    ...accounts.handlers,
    ...sending.handlers,
    ...operating.handlers,
    ...sync.handlers,
    ...remembering.handlers,
    ...guarding.handlers,
  }
  // The gate is there before what it guards, and ends after it.
  return { parts: [guarding, reading, outbox, accounts, sending, operating, sync, remembering], handlers }
}

interface GateParts {
  readonly keeper: Gatekeeper
  readonly database: DatabaseSync
}

function present(handlers: Handlers | undefined): Handlers {
  if (handlers === undefined) throw new Error('asked before all parts were there')
  return handlers
}
