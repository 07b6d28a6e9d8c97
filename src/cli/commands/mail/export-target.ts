import { closeSync, mkdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Failure } from '#base/failure.ts'
import { printableJson } from '#base/printable.ts'
import { jsonLine, type Letter, maildirPlaces, markdownLetter, mboxEntry, savedFiles } from '#mail/export/index.ts'
import { parseMessage } from '#mail/mime/index.ts'
import type { Session } from '../../session.ts'
import type { ExportFormat } from './export-spec.ts'
import { createNewFile, keepFile, writeFully } from './new-file.ts'
import { writeSource } from './source-output.ts'

export type Kept = 'written' | 'there'
export type AttachmentChoice = 'none' | 'files' | 'inline'

/** Where an export goes: a folder of files, one file, or standard output. */
export interface Target {
  /** The absolute path; undefined for standard output. */
  readonly place: string | undefined
  add(letter: Letter): Kept
  text(text: string): void
  close(): void
}

export interface TargetOptions {
  readonly format: ExportFormat
  readonly output: string | undefined
  readonly attachments: AttachmentChoice
  readonly timeZone: string
}

const partName = '.postern-export.part'

export function openTarget(options: TargetOptions, count: number, session: Session): Target {
  const { format, output } = options
  const path = output === undefined || output === '-' ? undefined : resolve(session.workingDirectory, output)
  if (path !== undefined && isFolderFormat(options)) return folderTarget(path, options)
  if (format === 'maildir' || options.attachments === 'files') throw needsFolder(options)
  if (format === 'eml' && count > 1) {
    throw usage(`${count} messages are not one .eml: give --output FOLDER, or choose --format mbox`)
  }
  return path === undefined ? outputTarget(options, session) : fileTarget(path, options)
}

function isFolderFormat({ format, output, attachments }: TargetOptions): boolean {
  if (format === 'maildir') return true
  if (format === 'eml') return output?.endsWith('.eml') !== true
  if (format === 'markdown') return output?.endsWith('.md') !== true || attachments === 'files'
  return format === 'jsonl' && attachments === 'files'
}

function needsFolder({ format }: TargetOptions): Failure {
  return usage(
    format === 'maildir'
      ? 'a Maildir is a folder: say with --output where'
      : 'attachments as files need a folder: --output FOLDER',
  )
}

function usage(message: string): Failure {
  return new Failure('usage', 'export_invalid', message, { next: 'postern help export' })
}

/** A message as a piece of one stream. */
function pieceOf(
  letter: Letter,
  { format, attachments, timeZone }: TargetOptions,
  isFirst: boolean,
): Uint8Array | string {
  if (format === 'mbox') return mboxEntry(letter)
  if (format === 'jsonl') return `${printableJson(jsonLine(letter, attachments))}\n`
  if (format === 'markdown') return `${isFirst ? '' : '\n'}${markdownLetter(letter, { timeZone, linksFiles: false })}`
  return letter.raw
}

function outputTarget(options: TargetOptions, { output }: Session): Target {
  let isFirst = true
  return {
    place: undefined,
    add: letter => {
      writeSource(output, pieceOf(letter, options, isFirst))
      isFirst = false
      return 'written'
    },
    text: text => output.write(text),
    close: () => {},
  }
}

function fileTarget(path: string, options: TargetOptions): Target {
  const descriptor = createNewFile(path)
  if (descriptor === undefined) {
    throw new Failure('failed', 'file_exists', `${path} is there already`, {
      next: 'choose another place with --output',
    })
  }
  let isFirst = true
  const write = (piece: Uint8Array | string) =>
    writeFully(descriptor, typeof piece === 'string' ? Buffer.from(piece) : piece, path)
  return {
    place: path,
    add: letter => {
      write(pieceOf(letter, options, isFirst))
      isFirst = false
      return 'written'
    },
    text: write,
    close: () => closeSync(descriptor),
  }
}

function folderTarget(path: string, options: TargetOptions): Target {
  const folder = new Folder(path)
  const add = (letter: Letter): Kept => {
    const { listed, raw } = letter
    switch (options.format) {
      case 'maildir': {
        const kept = maildirPlaces(listed, process.platform === 'win32' ? ';' : ':').map(place =>
          folder.keepInMaildir(place.folder, place.name, raw),
        )
        return kept.includes('written') ? 'written' : 'there'
      }
      case 'markdown':
        if (options.attachments === 'files') folder.keepFiles(letter)
        return folder.keep(
          [`${listed.id}.md`],
          Buffer.from(markdownLetter(letter, { ...options, linksFiles: options.attachments === 'files' })),
        )
      case 'jsonl':
        folder.keepFiles(letter)
        return folder.keep([`${listed.id}.json`], Buffer.from(`${printableJson(jsonLine(letter, 'files'))}\n`))
      default:
        return folder.keep([`${listed.id}.eml`], raw)
    }
  }
  const text = () => {
    throw new Error('a folder takes no text')
  }
  return { place: path, add, text, close: () => {} }
}

/** Every name that is used below the folder is made here or by the export room, never by a sender alone. */
class Folder {
  readonly #path: string
  readonly #made = new Set<string>()

  constructor(path: string) {
    this.#path = path
    this.#make(path)
  }

  keep(names: readonly string[], bytes: Uint8Array): Kept {
    return keepFile(join(this.#path, ...names), bytes, join(this.#path, partName))
  }

  keepInMaildir(folder: string, name: string, raw: Uint8Array): Kept {
    const at = join(this.#path, folder)
    for (const directory of [at, join(at, 'cur'), join(at, 'new'), join(at, 'tmp')]) this.#make(directory)
    return keepFile(join(at, 'cur', name), raw, join(at, 'tmp', partName))
  }

  keepFiles({ listed, raw }: Letter): void {
    for (const { name, bytes } of savedFiles(parseMessage(raw, { textFromHtml: false }), raw)) {
      this.#make(join(this.#path, listed.id))
      this.keep([listed.id, name], bytes())
    }
  }

  #make(directory: string): void {
    if (this.#made.has(directory)) return
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      if (!statSync(directory).isDirectory()) throw new Error('it is no folder')
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new Failure('failed', 'folder_not_created', `cannot make the folder ${directory}: ${reason}`, { cause })
    }
    this.#made.add(directory)
  }
}
