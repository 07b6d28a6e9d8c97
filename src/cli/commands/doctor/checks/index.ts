import type { Check } from '../check.ts'
import { daemon, outbox } from './daemon.ts'
import { sources, versions } from './derived.ts'
import { directories } from './directories.ts'
import { disk } from './disk.ts'
import { harness } from './harness.ts'
import { settings } from './settings.ts'
import { contents, store } from './store.ts'

/** In the order in which they are told: what others rest on comes first. */
export const checks: readonly Check[] = [
  directories,
  settings,
  disk,
  store,
  contents,
  sources,
  versions,
  daemon,
  outbox,
  harness,
]
