import { err, ok, type Result } from '#base/result.ts'
import { type ProviderError, providerError } from '../provider-error.ts'
import { type Fetched, isFetch, parseFetch } from './fetch.ts'
import { ServerMisbehaved } from './frame-reader.ts'
import { LIMITS } from './limits.ts'
import type { RawResponse } from './response.ts'
import { parseUidSet, type UidRanges } from './uid-set.ts'
import { mailboxArgument, type Wire } from './wire.ts'

/** What a server says when a mailbox is opened, and with QRESYNC what changed since. */
export interface Selected {
  readonly exists: number
  readonly uidvalidity: number
  readonly uidnext: number
  /** Null where mod-sequences are not kept (NOMODSEQ, no CONDSTORE). */
  readonly highestModseq: bigint | null
  readonly isReadOnly: boolean
  /** Only when the server took the QRESYNC parameters. */
  readonly resynced: Resynced | null
}

export interface Resynced {
  readonly vanished: UidRanges
  readonly changed: readonly Fetched[]
}

/** RFC 7162 section 3.2.5: the last state that is known. */
export interface LastSeen {
  readonly uidvalidity: number
  readonly modseq: bigint
}

export async function select(
  wire: Wire,
  mailbox: string,
  lastSeen?: LastSeen,
): Promise<Result<Selected, ProviderError>> {
  const canResync = wire.has('QRESYNC') && lastSeen !== undefined && lastSeen.modseq > 0n
  const parameters = canResync
    ? ` (QRESYNC (${lastSeen.uidvalidity} ${lastSeen.modseq}))`
    : wire.has('CONDSTORE')
      ? ' (CONDSTORE)'
      : ''
  const opening = new Opening(wire.has('CONDSTORE') || wire.has('QRESYNC'))
  wire.selected = undefined
  const done = await wire.run(`SELECT ${mailboxArgument(mailbox)}${parameters}`, { untagged: opening.take })
  if (!done.ok) {
    if (parameters !== '' && done.error.code === 'protocol' && wire.isOpen) {
      // It announces what it does not understand: then it has neither.
      return select(wire.without(['QRESYNC', 'CONDSTORE']), mailbox)
    }
    // A NO without a reason is most often a mailbox that is gone.
    return done.error.code === 'permission' ? err({ ...done.error, code: 'not_found' }) : done
  }
  const selected = opening.finish(done.value.text, canResync)
  if (selected.ok) wire.selected = { mailbox, uidvalidity: selected.value.uidvalidity }
  return selected
}

class Opening {
  #exists: number | undefined
  #uidvalidity: number | undefined
  #uidnext: number | undefined
  #highestModseq: bigint | null = null
  #vanished: UidRanges = []
  readonly #changed: Fetched[] = []
  #isWrong = false
  readonly #keepsModseq: boolean

  constructor(keepsModseq: boolean) {
    this.#keepsModseq = keepsModseq
  }

  readonly take = (response: RawResponse): void => {
    const { line } = response
    const exists = /^\* (\d{1,10}) EXISTS$/i.exec(line)
    if (exists !== null) this.#exists = Number(exists[1])
    const code = /^\* OK \[(UIDVALIDITY|UIDNEXT|HIGHESTMODSEQ|NOMODSEQ)(?: (\d{1,19}))?\]/i.exec(line)
    if (code !== null) this.#takeCode(code[1]?.toUpperCase(), code[2])
    const vanished = /^\* VANISHED \(EARLIER\) ([0-9:,]+)$/i.exec(line)
    if (vanished !== null) this.#takeVanished(vanished[1] ?? '')
    if (isFetch(response)) {
      const fetched = parseFetch(response)
      if (fetched?.uid !== undefined) this.#changed.push(fetched)
      if (this.#changed.length > LIMITS.messagesPerMailboxMax) throw new ServerMisbehaved('changes without end')
    }
  }

  #takeCode(name: string | undefined, value: string | undefined): void {
    if (name === 'UIDVALIDITY') this.#uidvalidity = Number(value)
    else if (name === 'UIDNEXT') this.#uidnext = Number(value)
    else if (name === 'HIGHESTMODSEQ' && value !== undefined && this.#keepsModseq) {
      this.#highestModseq = value === '0' ? null : BigInt(value)
    }
  }

  #takeVanished(set: string): void {
    const ranges = parseUidSet(set)
    if (ranges === undefined) this.#isWrong = true
    else this.#vanished = this.#vanished.length === 0 ? ranges : [...this.#vanished, ...ranges]
  }

  finish(text: string, didResync: boolean): Result<Selected, ProviderError> {
    const uidvalidity = this.#uidvalidity
    if (this.#exists === undefined || uidvalidity === undefined || !(uidvalidity > 0) || this.#isWrong) {
      return err(providerError('protocol', 'the server does not say what is needed of a mailbox (UIDVALIDITY, EXISTS)'))
    }
    return ok({
      exists: this.#exists,
      uidvalidity,
      // A server that does not say is asked by a search instead.
      uidnext: this.#uidnext ?? 0,
      highestModseq: this.#highestModseq,
      isReadOnly: /\[READ-ONLY\]/i.test(text),
      resynced: didResync ? { vanished: this.#vanished, changed: this.#changed } : null,
    })
  }
}
