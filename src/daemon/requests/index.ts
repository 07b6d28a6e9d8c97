import type * as v from 'valibot'
import { accountRequests } from './accounts.ts'
import { changingRequests } from './changing.ts'
import { guardingRequests } from './guarding.ts'
import { operatingRequests } from './operating.ts'
import { readingRequests } from './reading.ts'
import { rememberingRequests } from './remembering.ts'
import type { RequestSpec } from './spec.ts'
import { syncingRequests } from './syncing.ts'
import { writingRequests } from './writing.ts'

/**
 * Every request there is. A part of the daemon adds its own file of requests here and its handlers to
 * `../parts/index.ts`; without either, or without one of the fields of `RequestSpec`, nothing compiles.
 */
export const requests = {
  ...readingRequests,
  ...changingRequests,
  ...operatingRequests,
  ...syncingRequests,
  ...accountRequests,
  ...writingRequests,
  ...rememberingRequests,
  ...guardingRequests,
} as const satisfies Readonly<Record<string, RequestSpec>>

type Requests = typeof requests
export type RequestName = keyof Requests
/** As a client writes them: what has a default may be left out. */
export type ParamsGiven<Name extends RequestName> = v.InferInput<Requests[Name]['params']>
/** As a handler gets them. */
export type Params<Name extends RequestName> = v.InferOutput<Requests[Name]['params']>
export type ResultOf<Name extends RequestName> = v.InferOutput<Requests[Name]['result']>

export function isRequestName(name: string): name is RequestName {
  return Object.hasOwn(requests, name)
}

export { type Change, capabilityOfChange } from './change.ts'
export type { RequestSpec, Scope } from './spec.ts'
