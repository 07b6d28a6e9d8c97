import { timingSafeEqual } from 'node:crypto'
import * as v from 'valibot'
import type { Build } from '#base/build.ts'
import { err, ok, type Result } from '#base/result.ts'
import type { Identity } from '../gate/identity.ts'
import type { Caller } from '../part.ts'
import { type RequestError, requestError } from '../protocol/errors.ts'
import {
  type ClientHello,
  clientHello,
  protocolOldest,
  protocolVersion,
  type ServerHello,
} from '../protocol/messages.ts'

export interface Admitted {
  readonly caller: Caller
  readonly hello: ServerHello
}

/** A client's first frame: who it is, or why it may not come in. */
export type Admission = (connection: number, frame: Readonly<Record<string, unknown>>) => Result<Admitted, RequestError>

export interface Door {
  readonly build: Build
  readonly instance: string
  readonly dataDir: string
  /** What stands in `daemon.key`. */
  readonly key: string
  /** Who it is, by what it shows. */
  readonly identify: (claim: ClientHello['as']) => Result<Identity, RequestError>
}

/**
 * Node cannot ask the system who is at the other end of a socket. The directory keeps other users out; the key, which
 * only this user can read, does so again where a directory's mode does not count (a pipe on Windows, a mount).
 */
export function admission({ build, instance, dataDir, key, identify }: Door): Admission {
  return (connection, frame) => {
    const checked = v.safeParse(clientHello, frame)
    if (!checked.success) return err(requestError('hello_expected', 'the first frame is a hello'))
    const { hello } = checked.output
    const [oldest, newest] = hello.protocol
    if (oldest > protocolVersion || newest < protocolOldest) {
      const message = `this daemon (${build.version}) speaks protocol ${protocolOldest} to ${protocolVersion}, the client ${oldest} to ${newest}`
      return err(requestError('version_unsupported', message, { details: { server: build.version } }))
    }
    if (!isSame(hello.key, key)) return err(requestError('not_authorized', 'the key is not that of this daemon'))
    if (hello.instance !== instance || hello.data_dir !== dataDir) {
      return err(requestError('other_instance', `this is the daemon of ${instance} in ${dataDir}`))
    }
    const identity = identify(hello.as)
    if (!identity.ok) return identity
    const server = { server: build.version, build: build.commit, instance, pid: process.pid, features: [] }
    return ok({
      caller: { connection, identity: identity.value, client: hello.client },
      hello: { protocol: Math.min(newest, protocolVersion), ...server },
    })
  }
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}
