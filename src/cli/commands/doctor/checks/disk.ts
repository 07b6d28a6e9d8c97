import { existsSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { storeFile } from '../../mail/open-store.ts'
import { byteSize } from '../../mail/words.ts'
import type { Check } from '../check.ts'

/** What new mail, a log and the write-ahead log need at least. */
const freeBytesMin = 256 * 1024 * 1024
/** A migration or a rebuilt index may take as much again as a part of the store. */
const freeShareOfStore = 0.25

export const disk: Check = {
  name: 'disk',
  sound: 'there is room on the disk',
  run: ({ session }) => {
    const place = nearestThere(session.paths.dataDir)
    const { bavail, bsize } = statfsSync(place)
    const free = bavail * bsize
    const store = statSync(storeFile(session), { throwIfNoEntry: false })?.size ?? 0
    const needed = Math.max(freeBytesMin, store * freeShareOfStore)
    if (free >= needed) return []
    return [
      {
        code: 'disk_low',
        message: `${byteSize(free)} are free at ${place}; ${byteSize(needed)} should be. Mail that does not fit is not taken in, and nothing is lost`,
        severity: 'problem',
      },
    ]
  },
}

function nearestThere(path: string): string {
  for (let place = path; ; place = dirname(place)) if (existsSync(place) || place === dirname(place)) return place
}
