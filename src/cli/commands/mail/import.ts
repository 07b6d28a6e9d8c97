import { existsSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { Failure } from '#base/failure.ts'
import { printableLine } from '#base/printable.ts'
import {
  type ImportOptions,
  type ImportReport,
  importMail,
  isHarmless,
  MBOX_VARIANTS,
  type Trouble,
} from '#mail/import/index.ts'
import type { Invocation, Run } from '../../command.ts'
import type { Output, Session } from '../../session.ts'
import { grouped, progressTeller } from './import-progress.ts'
import { storeFailure, storeFile } from './open-store.ts'
import { withWriter } from './write-store.ts'

const accountDefault = 'local'
const accountCharsMax = 100

export const run: Run = async (invocation, session) => {
  const { output, clock } = session
  const began = clock.monotonicMs()
  const secondsNow = () => Math.round(clock.monotonicMs() - began) / 1000
  const troubles = new Troubles(output)
  const options: ImportOptions = {
    ...asked(invocation, session),
    onTrouble: each => troubles.tell(each),
    onProgress: progressTeller(output.progress, secondsNow),
  }
  const isDryRun = invocation.options.flag('dry-run')
  const imported = isDryRun ? await lookOnly(options, session) : await intoStore(options, session)
  output.progress('')
  const report = imported.ok ? imported.value : imported.error.report
  if (imported.ok && isNothing(report)) refuseNothing(troubles)
  troubles.close()
  const { stopped } = troubles
  const seconds = secondsNow()
  if (!output.json) output.write(`${sentence(report, seconds, isDryRun)}\n`)
  if (!imported.ok) {
    const { exit, code, message, next } = storeFailure(imported.error)
    throw new Failure(exit, code, message, {
      ...(next === undefined ? {} : { next }),
      data: toWire(report, seconds),
      cause: imported.error.cause,
    })
  }
  if (output.json) output.data({ ...toWire(report, seconds), dry_run: isDryRun, troubles: troubles.listed })
  return stopped === undefined ? 'done' : 'failed'
}

function asked({ positionals, options }: Invocation, { workingDirectory }: Session) {
  const account = options.value('account') ?? accountDefault
  if (account === '' || account.length > accountCharsMax || printableLine(account) !== account) {
    throw new Failure('usage', 'account_invalid', `an account's name has 1 to ${accountCharsMax} printable characters`)
  }
  const variant = MBOX_VARIANTS.find(known => known === options.value('mbox'))
  return {
    account,
    paths: positionals.map(path => (isAbsolute(path) ? path : resolve(workingDirectory, path))),
    ...(variant === undefined ? {} : { variant }),
  }
}

function intoStore(options: ImportOptions, session: Session) {
  return withWriter(session, writer => importMail({ ...options, writer, store: storeFile(session) }))
}

function lookOnly(options: ImportOptions, session: Session) {
  const store = storeFile(session)
  return importMail(existsSync(store) ? { ...options, store } : options)
}

function isNothing({ boxes, imported, skipped, defective }: ImportReport): boolean {
  return boxes + imported + skipped + defective === 0
}

/** Where nothing was found to import, the only reason is the answer; several are told before it. */
function refuseNothing(troubles: Troubles): void {
  const reason = troubles.stopped
  if (reason === undefined) {
    troubles.close()
    throw new Failure('not_found', 'no_mail_found', 'there is no Maildir, no mbox and no message file there', {
      next: 'postern help import',
    })
  }
  if (!troubles.isAlone) troubles.close()
  const exit = reason.code === 'path_missing' ? 'not_found' : 'failed'
  throw new Failure(exit, reason.code, `nothing was imported: ${line(reason)}`)
}

function toWire({ imported, skipped, defective, withDefects, changed, bytes }: ImportReport, seconds: number) {
  return { imported, skipped, defective, seconds, with_defects: withDefects, changed, bytes }
}

function sentence({ imported, skipped, defective, changed, withDefects }: ImportReport, seconds: number, dry: boolean) {
  const parts = [
    `${grouped(imported)} ${dry ? 'would be imported' : 'imported'}`,
    `${grouped(skipped)} here already${changed > 0 ? ` (${grouped(changed)} gained a label or flag)` : ''}`,
    `${grouped(defective)} could not be read`,
  ]
  const odd =
    withDefects > 0 ? `; ${grouped(withDefects)} of the new ones break a mail standard and were taken as they are` : ''
  return `${parts.join(', ')} in ${seconds.toFixed(1)} s${odd}`
}

const troublesTold = 20
const troublesListed = 100

/** Says what was not taken in; of very much only the beginning. */
class Troubles {
  readonly listed: { path: string; code: string }[] = []
  /** The first that makes the import incomplete. */
  stopped: Trouble | undefined
  readonly #output: Output
  #count = 0
  /** The first waits for a second or the end: alone it may become the answer itself. */
  #first: Trouble | undefined

  constructor(output: Output) {
    this.#output = output
  }

  get isAlone(): boolean {
    return this.#count === 1
  }

  tell(trouble: Trouble): void {
    this.#count++
    if (!isHarmless(trouble)) this.stopped ??= trouble
    if (this.#count <= troublesListed) this.listed.push({ path: trouble.path, code: trouble.code })
    if (this.isAlone) this.#first = trouble
    else {
      this.#tellFirst()
      if (this.#count <= troublesTold) this.#output.complain(line(trouble))
    }
  }

  close(): void {
    this.#tellFirst()
    if (this.#count > troublesTold) this.#output.complain(`and ${grouped(this.#count - troublesTold)} more like these`)
  }

  #tellFirst(): void {
    if (this.#first !== undefined) this.#output.complain(line(this.#first))
    this.#first = undefined
  }
}

function line({ path, message }: Trouble): string {
  return `${printableLine(path)}: ${message}`
}
