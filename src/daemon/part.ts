import type { Clock } from '#base/clock.ts'
import type { Log } from '#base/log.ts'
import type { Paths } from '#base/paths.ts'
import type { Result } from '#base/result.ts'
import type { Config } from '#config/index.ts'
import type { MailReader } from '#mail/store/index.ts'
import type { AccountStates } from './account-states.ts'
import type { EventBus } from './events/bus.ts'
import type { Identity } from './gate/identity.ts'
import type { RequestError } from './protocol/errors.ts'
import type { Params, RequestName, ResultOf } from './requests/index.ts'
import type { Scheduler } from './scheduler.ts'
import type { StoreThread } from './store/thread.ts'

/**
 * A part of the daemon: something that lives as long as the daemon does and answers some of the requests. It is made
 * from the core and from other parts (`parts/index.ts` puts them together), starts once the store is open, and has
 * stopped when `stop` is done: nothing of it runs or writes after that.
 */
export interface Part<Names extends RequestName = never> {
  readonly name: string
  readonly handlers: HandlersOf<Names>
  /** What must be done before the first client is served. Long work belongs to the scheduler. */
  start?(): Promise<void>
  /** Within five seconds; `core.signal` is aborted already. */
  stop?(): Promise<void>
}

/** What every part has of the daemon. */
export interface Core {
  readonly paths: Paths
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  /** The one that writes, in a thread of its own: every call is one transaction, done in the order of calling. */
  readonly writer: StoreThread
  /** Reads in this thread: for what takes milliseconds. It sees all that an awaited call of the writer has done. */
  readonly reader: MailReader
  readonly events: EventBus
  readonly scheduler: Scheduler
  readonly accounts: AccountStates
  /** Ends the daemon, as SIGTERM does. */
  readonly stop: (why: string) => void
  readonly startedAt: number
  /** Aborted when the daemon stops. */
  readonly signal: AbortSignal
}

/** One request under way. */
export interface Call {
  readonly caller: Caller
  /** Aborted when the client cancels, goes away or set a deadline, and when the daemon stops. */
  readonly signal: AbortSignal
  /** Lets events flow to this client (`events.subscribe`). */
  subscribe(wanted: Wanted): { readonly seq: number; readonly hasGap: boolean }
}

/** Who asks. A person at this machine as long as no gate says otherwise. */
export interface Caller {
  readonly connection: number
  /** By its credentials, once and for all. */
  readonly identity: Identity
  /** What the client calls itself: for the log, never for a decision. */
  readonly client: string
  /** Accounts that it may reach; undefined means all. */
  readonly accounts?: readonly string[]
}

export interface Wanted {
  /** All when left out. */
  readonly kinds?: readonly string[]
  readonly accounts?: readonly string[]
  readonly sinceSeq?: number
}

export type Handler<Name extends RequestName> = (
  params: Params<Name>,
  call: Call,
) => Promise<Result<ResultOf<Name>, RequestError>> | Result<ResultOf<Name>, RequestError>

export type HandlersOf<Names extends RequestName> = { readonly [Name in Names]: Handler<Name> }
/** One for each request of the table. */
export type Handlers = HandlersOf<RequestName>
