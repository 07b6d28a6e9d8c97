import { instant } from '#base/instant.ts'
import { printableLine } from '#base/printable.ts'
import type { Draft } from '#librarian/drafts/draft.ts'
import { type DraftState, draftStates, isDraftState } from '#librarian/drafts/state.ts'
import type { Run } from '../../command.ts'
import { formatOf, showListing } from '../mail/listing.ts'
import { openQueue } from './queue.ts'

interface Row {
  readonly id: string
  readonly state: DraftState
  readonly draft: Draft | undefined
  readonly error: string | undefined
  readonly attempts: number
  readonly last: string | undefined
}

export const run: Run = async ({ options }, session) => {
  const queue = openQueue(options, session, false)
  const wanted = options.value('state')
  const states =
    wanted === undefined ? draftStates : draftStates.filter(state => isDraftState(wanted) && state === wanted)
  const rows = states.flatMap(state =>
    queue.ids(state).map((id): Row => {
      const read = queue.read(id, state)
      const { attempts, lastError } = queue.work(id)
      return {
        id,
        state,
        draft: read.ok ? read.value : undefined,
        error: read.ok ? undefined : read.error.code,
        attempts,
        last: lastError?.code,
      }
    }),
  )
  const strays = states.flatMap(state => queue.strays(state).map(name => `${state}/${name}`))
  if (strays.length > 0) {
    session.output.complain(
      `${strays.length} files among the drafts are not Postern's: ${printableLine(strays[0] ?? '')} …`,
    )
  }
  showListing(
    {
      rows,
      columns: [
        { title: 'ID', text: ({ id }) => id, isId: true },
        { title: 'STATE', text: ({ state }) => state },
        { title: 'SURFACE', text: ({ draft }) => draft?.surface ?? '' },
        { title: 'DATE', text: ({ draft }) => (draft === undefined ? '' : (instant(draft.submittedAt) ?? '')) },
        { title: 'TEXT', text: row => printableLine(row.error ?? row.draft?.text.slice(0, 200) ?? ''), grows: true },
      ],
      id: ({ id }) => id,
      json: ({ id, state, draft, error, attempts, last }) => ({
        id,
        state,
        surface: draft?.surface ?? null,
        submitted_at: draft === undefined ? null : instant(draft.submittedAt),
        bytes: draft === undefined ? null : Buffer.byteLength(draft.text),
        attempts,
        last_error: error ?? last ?? null,
      }),
    },
    formatOf(options, session.output, false),
    session.output,
  )
  return 'done'
}
