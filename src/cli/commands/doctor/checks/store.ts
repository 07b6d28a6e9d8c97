import { check, MailReader, type Finding as StoreFinding } from '#mail/store/index.ts'
import { storeFailure, storeFile } from '../../mail/open-store.ts'
import { type Check, type Finding, findingOf } from '../check.ts'

/** Whether the store can be opened, and why not. */
export const store: Check = {
  name: 'store',
  sound: 'the store of mail can be opened',
  run: ({ session, reader }) => {
    if (reader !== undefined) return []
    const opened = MailReader.open(storeFile(session))
    if (opened.ok) {
      opened.value.close()
      return []
    }
    const { code } = opened.error
    const finding = findingOf(storeFailure(opened.error))
    if (code === 'store_missing') return [{ ...finding, message: 'there is no mail yet', severity: 'note' }]
    if (code === 'schema_older') return [{ ...finding, severity: 'note', next: 'postern labels' }]
    const isDamage = code === 'store_corrupt' || code === 'not_a_store'
    return [{ ...finding, ...(isDamage ? { severity: 'damage' as const, next: saveWhatIsLeft } : {}) }]
  },
}

const saveWhatIsLeft = 'restore mail.db from a backup, or move it away and sync or import again'

/** Whether the file is whole and its tables agree; with `--all`, whether every message is what was kept. */
export const contents: Check = {
  name: 'contents',
  sound: 'the store is whole',
  needsStore: true,
  run: ({ reader, isThorough }) => {
    if (reader === undefined) return []
    const checked = check(reader, { withRaw: isThorough })
    return checked.ok ? checked.value.map(findingOfStore) : [findingOf(storeFailure(checked.error))]
  },
}

const exportRest =
  'postern export --search in:anywhere --output FOLDER saves what can be read; then move mail.db away and import it'

const mends: Readonly<Record<StoreFinding['code'], string>> = {
  file_damaged: exportRest,
  links_broken: exportRest,
  raw_damaged: exportRest,
  index_missing_messages: 'postern reindex --all',
  index_has_strangers: 'postern reindex --all',
  label_counts_wrong: 'postern reindex',
  thread_counts_wrong: 'postern reindex',
}

function findingOfStore({ code, message, count }: StoreFinding): Finding {
  return {
    code,
    message: code === 'file_damaged' ? message : `${count} ${message}`,
    severity: 'damage',
    next: mends[code],
    count,
  }
}
