import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, resolve } from 'node:path'
import { Failure } from '#base/failure.ts'
import { keepFile } from '#daemon/sending/files.ts'
import { type DraftFile, type Mailbox, parseDraftId, parseMailboxes } from '#mail/compose/index.ts'
import type { Options } from '../../command.ts'
import type { Session } from '../../session.ts'

/** The number of a draft that a person names. */
export function draftNumber(text: string): number {
  const id = parseDraftId(text)
  if (id === undefined)
    throw new Failure('usage', 'draft_invalid', `"${text.slice(0, 40)}" names no draft`, { next: 'postern draft list' })
  return id
}

export function mailboxes(values: readonly string[], option: string): readonly Mailbox[] {
  const parsed = parseMailboxes(values.join(', '))
  if (parsed.ok) return parsed.value
  throw new Failure('usage', 'address_invalid', `${option}: ${parsed.error.message}`)
}

const bodyBytesMax = 4 * 1024 * 1024

/** The text that is given with the command; undefined when there is none. */
export function textOf(options: Options, { input }: Session): string | undefined {
  const said = options.value('body')
  if (said !== undefined) return said
  if (!options.flag('body-stdin')) return undefined
  return new TextDecoder().decode(input.readAll(bodyBytesMax)).replace(/\r\n?/g, '\n')
}

const fileBytesMax = 36 * 1024 * 1024

/** Takes a copy of a file as it is now: a regular one, opened once. */
export function attach({ paths, workingDirectory }: Session, path: string): DraftFile {
  const full = resolve(workingDirectory, path.replace(/^~(?=\/)/, homedir()))
  let descriptor: number
  try {
    descriptor = openSync(full, 'r')
  } catch (cause) {
    throw new Failure(
      'not_found',
      'file_unreadable',
      `cannot read ${path}: ${cause instanceof Error ? cause.message : ''}`,
      { cause },
    )
  }
  try {
    const { size } = fstatSync(descriptor)
    if (!fstatSync(descriptor).isFile()) throw new Failure('usage', 'file_invalid', `${path} is no file`)
    if (size > fileBytesMax)
      throw new Failure('usage', 'file_too_large', `${path} has ${Math.ceil(size / 1e6)} MB: mail takes less`)
    return keepFile(paths, { name: basename(full), bytes: readFileSync(descriptor) })
  } finally {
    closeSync(descriptor)
  }
}
