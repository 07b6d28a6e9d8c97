import { constants, copyFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { err, ok, type Result } from '#base/result.ts'
import type { DraftQueue } from '#librarian/drafts/queue.ts'
import { systemFiles } from '#memory/canonical/files.ts'
import { logHeader } from '#memory/canonical/log-file.ts'
import type { LogRecord } from '#memory/canonical/record.ts'
import { scan } from '#memory/canonical/scan.ts'
import { checkImage, type Image, readImage, writeImage } from '#memory/image.ts'
import { sealPathOf } from '#memory/load.ts'
import { type HistoryBatch, history } from '#memory/read/history.ts'
import { lookAtBoth, type MirrorError, type MirrorOptions, ofImage, underLock } from './mirror.ts'
import { relationOf, sharedLength } from './relation.ts'

export interface Reconciled {
  /** Commits that were here alone. */
  readonly episodes: number
  /** What of them waits as drafts now. */
  readonly drafts: readonly string[]
  /** Where the log that was here is kept. */
  readonly kept: string | undefined
}

/**
 * The way out of a divergence: the copy's history holds, and what was committed here alone is proposed again, each
 * commit as a draft, for the librarian to hold against what came. The log that was here is kept beside the new one.
 */
export async function reconcile(
  options: MirrorOptions,
  queue: () => Result<DraftQueue, MirrorError>,
): Promise<Result<Reconciled, MirrorError>> {
  const both = await lookAtBoth(options)
  if (!both.ok) return both
  const { remote } = both.value
  if (remote === undefined) return err({ code: 'nothing_there', message: 'there is no copy of this memory yet' })
  const checked = checkImage(remote, dirname(options.log), options.keys)
  if (!checked.ok) return err(ofImage(checked.error, 'the copy', 'mirror_unsound'))
  return underLock<Reconciled>(options, () => {
    const here = readImage(options.log, options.keys)
    if (!here.ok) return err(ofImage(here.error, options.log, 'log_unsound'))
    const local = here.value?.image
    if (local === undefined || relationOf(local.log, remote.log) !== 'diverged') {
      return ok({ episodes: 0, drafts: [], kept: undefined })
    }
    const alone = unshared(local, remote)
    const opened = queue()
    if (!opened.ok) return opened
    // Drafts first: stopped anywhere from here on, nothing is lost, and the same call goes on.
    const drafts: string[] = []
    for (const batch of alone) {
      const text = memoriesOf(batch)
      if (text === '') continue
      const given = {
        surface: 'cli',
        agent: null,
        project: null,
        operator: null,
        provenance: `reconciled:${batch.at}`,
        mail: null,
        tags: ['reconciled'],
        text,
      } as const
      const submitted = opened.value.submit(given, options.now)
      if (!submitted.ok) return err({ code: 'log_unreadable', message: submitted.error.message })
      drafts.push(submitted.value.draft.id)
    }
    const kept = keep(options.log, options.now)
    writeImage(options.log, remote)
    return ok({ episodes: alone.length, drafts, kept })
  })
}

/** The batches of `local` that do not stand in `remote`. */
function unshared(local: Image, remote: Image): readonly HistoryBatch[] {
  const shared = sharedLength(local.log, remote.log) - logHeader.length
  const batches: { readonly end: number }[] = []
  const records: LogRecord[] = []
  for (const batch of scan(local.log.subarray(logHeader.length))) {
    batches.push(batch)
    records.push(...batch.records)
  }
  const first = batches.findIndex(({ end }) => end > shared)
  return first < 0 ? [] : [...history(records)].slice(first)
}

const memoryForm = /^\((?:sem|epi|pro|inf) /
const aboutDraft = /^\(sem @draft_[0-9a-f]{32} /

/** What was remembered; renames, pins and the like belong to a history that is no longer ours. */
function memoriesOf({ forms }: HistoryBatch): string {
  return forms.filter(form => memoryForm.test(form) && !aboutDraft.test(form)).join('\n')
}

function keep(log: string, now: number): string {
  const name = `before-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`
  const kept = join(dirname(log), `${name}.log`)
  copyFileSync(log, kept, constants.COPYFILE_EXCL)
  const seal = sealPathOf(log)
  if (systemFiles.kind(seal) === 'file') copyFileSync(seal, sealPathOf(kept), constants.COPYFILE_EXCL)
  return kept
}
