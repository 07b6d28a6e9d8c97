import { Buffer } from 'node:buffer'
import { closeSync, type Dirent, lstatSync, readdirSync, readSync, realpathSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import type { IncomingLabel } from '../store/incoming.ts'
import { decodeFolderName, folderLabel } from './folder-label.ts'
import { maildir, notAFile, notFollowed } from './maildir.ts'
import { beginsMbox, type MboxVariant, mbox } from './mbox.ts'
import { openFile } from './open-file.ts'
import { reasonOf, type Sourced, trouble } from './source.ts'

export interface WalkOptions {
  /** What an mbox is taken for; looked for when absent. */
  readonly variant?: MboxVariant
}

/**
 * All messages at a path: a Maildir with what is nested in it, an mbox, a message file, or a folder of any of them.
 * The path itself may be a link, since a person named it; no other link is followed, so that the walk stays within
 * the tree.
 */
export function* walk(path: string, options: WalkOptions = {}): Generator<Sourced> {
  let top: string
  try {
    top = realpathSync(path)
    const stat = lstatSync(top)
    if (!stat.isDirectory()) {
      yield* stat.isFile() ? oneFile(top, options) : [notAFile(path)]
      return
    }
  } catch (thrown) {
    yield isMissing(thrown)
      ? trouble(path, 'path_missing', 'there is nothing at this path')
      : trouble(path, 'file_unreadable', reasonOf(thrown))
    return
  }
  yield* folder(top, { names: [], rootName: basename(top), depth: 0, options })
}

interface Place {
  /** The folder's names from the top of the walk. */
  readonly names: readonly string[]
  /** What messages that lie loose at the top are filed under. */
  readonly rootName: string
  readonly depth: number
  readonly options: WalkOptions
}

const depthMax = 64

function* folder(path: string, place: Place): Generator<Sourced> {
  if (place.depth > depthMax) {
    yield trouble(path, 'nested_too_deep', `folders below the ${depthMax}th level are not looked into`)
    return
  }
  let entries: Dirent[]
  try {
    entries = readdirSync(path, { withFileTypes: true })
  } catch (thrown) {
    yield trouble(path, 'folder_unreadable', `this folder cannot be read: ${reasonOf(thrown)}`)
    return
  }
  const parts = maildirParts(entries)
  const folders: Dirent[] = []
  const files: string[] = []
  for (const entry of entries) {
    if (entry.isDirectory()) folders.push(entry)
    else if (parts !== undefined)
      continue // a Maildir's own files: subscriptions, indexes, sizes
    else if (entry.isFile()) files.push(entry.name)
    else yield entry.isSymbolicLink() ? notFollowed(join(path, entry.name)) : notAFile(join(path, entry.name))
  }
  if (parts !== undefined) {
    yield* maildir(path, parts, folderLabel(place.names))
    for (const entry of entries) if (entry.isSymbolicLink()) yield notFollowed(join(path, entry.name))
  }
  yield* looseFiles(path, files, place)
  for (const { name } of folders.sort(byName)) {
    if (parts?.has(name) === true || (parts !== undefined && name === 'tmp')) continue
    yield* subfolder(join(path, name), name, place)
  }
}

/** `.A.B` is Maildir++ for B within A. Other hidden folders are programs' own. */
function* subfolder(path: string, name: string, place: Place): Generator<Sourced> {
  const deeper = (names: readonly string[]) => ({ ...place, names: [...place.names, ...names], depth: place.depth + 1 })
  if (!name.startsWith('.')) {
    yield* folder(path, deeper([decodeFolderName(name.replace(/\.(?:sbd|mbox)$/, ''))]))
    return
  }
  if (isMaildir(path)) yield* folder(path, deeper(name.slice(1).split('.').map(decodeFolderName)))
}

function isMaildir(path: string): boolean {
  try {
    return maildirParts(readdirSync(path, { withFileTypes: true })) !== undefined
  } catch {
    return true // looked into again, where the reason is told
  }
}

/** Which of the three folders of a Maildir are there; undefined when this is none. */
function maildirParts(entries: readonly Dirent[]): ReadonlySet<string> | undefined {
  const found = entries.filter(entry => entry.isDirectory() && ['cur', 'new', 'tmp'].includes(entry.name))
  const parts = new Set(found.map(({ name }) => name))
  return parts.has('cur') || (parts.has('new') && parts.has('tmp')) ? parts : undefined
}

/** Files in a folder that is no Maildir: messages by their name, mailboxes by how they begin, the rest is not mail. */
function* looseFiles(path: string, files: readonly string[], place: Place): Generator<Sourced> {
  const { names, rootName, options } = place
  const own = names.length === 0 ? folderLabel([rootName]) : folderLabel(names)
  for (const name of [...files].sort(numerically)) {
    const file = join(path, name)
    if (isEml(name)) yield { path: file, folder: own, flags: 0 }
    else if (!name.startsWith('.')) yield* sniffed(file, { own, box: boxLabel(name, names) }, options)
  }
}

function isEml(name: string): boolean {
  return /\.eml$/i.test(name)
}

/** How MH names messages; a mailbox may be called 2020 as well. */
function isNumber(name: string): boolean {
  return /^\d+$/.test(name)
}

function boxLabel(name: string, names: readonly string[]): IncomingLabel {
  const bare = decodeFolderName(name.replace(/\.(?:mbox|mbx|mbs)$/i, ''))
  // Apple Mail keeps a mailbox as the file "mbox" in a folder that bears its name.
  return folderLabel(bare === 'mbox' && names.length > 0 ? names : [...names, bare])
}

function* sniffed(
  path: string,
  { own, box }: { readonly own: IncomingLabel; readonly box: IncomingLabel },
  { variant }: WalkOptions,
): Generator<Sourced> {
  const beginning = beginningOf(path)
  if (typeof beginning !== 'string') yield beginning
  else if (beginsMbox(beginning)) yield* mbox(path, box, variant)
  else if (isNumber(basename(path))) yield { path, folder: own, flags: 0 }
  else if (isMboxName(path) && beginning.trim() !== '') yield notMail(path, beginning)
}

/** A file that a person named. */
function* oneFile(path: string, { variant }: WalkOptions): Generator<Sourced> {
  const beginning = beginningOf(path)
  if (typeof beginning !== 'string') yield beginning
  else if (beginsMbox(beginning)) yield* mbox(path, boxLabel(basename(path), []), variant)
  else if (beginning.trim() === '' && isMboxName(path)) yield { box: path }
  else if (isEml(path) || (!isMboxName(path) && looksLikeMessage(beginning))) {
    yield { path, folder: folderLabel([basename(dirname(path)) || 'imported']), flags: 0 }
  } else yield notMail(path, beginning)
}

function isMboxName(path: string): boolean {
  return /^\.(?:mbox|mbx|mbs)$/i.test(extname(path))
}

/** A header at its beginning with at least one field that only mail has: `name: value` alone may be anything. */
function looksLikeMessage(beginning: string): boolean {
  const startsWithField = /^(?:\u00ef\u00bb\u00bf)?\s*[\x21-\x39\x3b-\x7e]{1,76}[ \t]*:/.test(beginning)
  return startsWithField && mailField.test(beginning)
}

const mailField = /^(?:from|to|date|subject|message-id|received|return-path|delivered-to|mime-version)[ \t]*:/im

function notMail(path: string, beginning: string): Sourced {
  const kind = kinds.find(([magic]) => beginning.startsWith(magic))?.[1]
  const seen = kind === undefined ? '' : `; it looks like ${kind}`
  return trouble(path, 'not_mail', `no mailbox and no message: it begins with neither a From line nor a header${seen}`)
}

const kinds = [
  ['%PDF', 'a PDF'],
  ['PK\u0003\u0004', 'a zip archive: unpack it first'],
  ['\u001f\u008b', 'a gzip file: unpack it first'],
  ['BZh', 'a bzip2 file: unpack it first'],
  ['\u00fd7zXZ', 'an xz file: unpack it first'],
  ['!BDN', 'an Outlook data file (PST)'],
  ['\u00d0\u00cf\u0011\u00e0', 'an Outlook message (MSG)'],
  ['SQLite format 3', 'a database'],
] as const

const sniffBytes = 2048

function beginningOf(path: string): string | Sourced {
  try {
    const opened = openFile(path)
    if (opened === undefined) return notAFile(path)
    try {
      const bytes = Buffer.alloc(sniffBytes)
      return bytes.toString('latin1', 0, readSync(opened.descriptor, bytes, 0, sniffBytes, 0))
    } finally {
      closeSync(opened.descriptor)
    }
  } catch (thrown) {
    return trouble(path, 'file_unreadable', `this file cannot be read: ${reasonOf(thrown)}`)
  }
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name < other.name ? -1 : 1
}

/** `9` before `10`, as MH counts its messages. */
function numerically(one: string, other: string): number {
  const numbers = [one, other].map(name => (isNumber(name) ? Number(name) : Number.NaN))
  const [a = Number.NaN, b = Number.NaN] = numbers
  return Number.isNaN(a) || Number.isNaN(b) ? (one < other ? -1 : 1) : a - b
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
}
