import { err, ok, type Result } from '#base/result.ts'
import { type ProviderError, providerError } from '../provider-error.ts'
import { LIMITS } from './limits.ts'
import { countUids, parseUidSet, rangesOf, type UidRanges } from './uid-set.ts'
import type { Wire } from './wire.ts'

/** The UIDs that match, in ranges where the server can say so (RFC 4731): a line of them is megabytes otherwise. */
export async function searchUids(wire: Wire, criteria: string): Promise<Result<UidRanges, ProviderError>> {
  let found: UidRanges = []
  let isWrong = false
  const command = wire.has('ESEARCH') ? `UID SEARCH RETURN (ALL) ${criteria}` : `UID SEARCH ${criteria}`
  const done = await wire.run(command, {
    untagged: ({ line }) => {
      const ranges = parseEsearch(line) ?? parseSearch(line)
      if (ranges === 'wrong') isWrong = true
      else if (ranges !== undefined) found = ranges
    },
  })
  if (!done.ok) return done
  if (isWrong || countUids(found) > LIMITS.messagesPerMailboxMax) {
    return err(providerError('protocol', 'the server answered a search with what are no message numbers'))
  }
  return ok(found)
}

function parseEsearch(line: string): UidRanges | 'wrong' | undefined {
  if (!/^\* ESEARCH\b/i.test(line)) return undefined
  const all = / ALL ([0-9:,]+)/i.exec(line)
  // Without a match ALL is left out.
  return all === null ? [] : (parseUidSet(all[1] ?? '') ?? 'wrong')
}

function parseSearch(line: string): UidRanges | 'wrong' | undefined {
  const found = /^\* SEARCH((?: \d{1,10})*)(?: \(MODSEQ \d+\))? *$/i.exec(line)
  if (found === null) return /^\* SEARCH\b/i.test(line) ? 'wrong' : undefined
  const words = (found[1] ?? '').split(' ').filter(word => word !== '')
  return words.length > LIMITS.messagesPerMailboxMax ? 'wrong' : rangesOf(words.map(Number))
}
