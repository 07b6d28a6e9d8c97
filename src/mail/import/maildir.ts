import { opendirSync } from 'node:fs'
import { join } from 'node:path'
import { FLAG, type IncomingLabel } from '../store/incoming.ts'
import { reasonOf, type Sourced, trouble } from './source.ts'

const filesPerFolderMax = 10_000_000

/** The messages of one Maildir, those that were seen by a mail program first. `parts`: which of its three folders are there. */
export function* maildir(path: string, parts: ReadonlySet<string>, folder: IncomingLabel): Generator<Sourced> {
  yield { box: path }
  if (!parts.has('cur')) yield trouble(path, 'maildir_incomplete', 'this Maildir has no cur; what is in new is taken')
  for (const part of ['cur', 'new']) {
    if (parts.has(part)) yield* filesOf(join(path, part), part === 'cur', folder)
  }
}

function* filesOf(path: string, isSeen: boolean, folder: IncomingLabel): Generator<Sourced> {
  const names: string[] = []
  try {
    const directory = opendirSync(path)
    try {
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
        if (entry.name.startsWith('.') || names.length >= filesPerFolderMax) continue
        if (entry.isFile()) names.push(entry.name)
        else if (entry.isSymbolicLink()) yield notFollowed(join(path, entry.name))
        else if (!entry.isDirectory()) yield notAFile(join(path, entry.name))
      }
    } finally {
      directory.closeSync()
    }
  } catch (thrown) {
    yield trouble(path, 'folder_unreadable', `this folder cannot be read: ${reasonOf(thrown)}`)
    return
  }
  // The names begin with the time of delivery: neighbours in time are neighbours in the store.
  for (const name of names.sort()) yield { path: join(path, name), folder, flags: isSeen ? flagsInName(name) : 0 }
}

/** The flags after `:2,`; file systems that know no colon have other signs there. */
export function flagsInName(name: string): number {
  const letters = /[:;!]2,([A-Za-z]*)$/.exec(name)?.[1]
  if (letters === undefined) return 0
  let flags = 0
  for (const letter of letters) flags |= flagLetters.get(letter) ?? 0
  return flags
}

const flagLetters: ReadonlyMap<string, number> = new Map([
  ['S', FLAG.read],
  ['F', FLAG.starred],
  ['R', FLAG.answered],
  ['D', FLAG.draft],
])

export function notFollowed(path: string): Sourced {
  return trouble(path, 'link_not_followed', 'a link: import what it leads to by its own path')
}

export function notAFile(path: string): Sourced {
  return trouble(path, 'not_a_file', 'neither a file nor a folder: it is not opened')
}
