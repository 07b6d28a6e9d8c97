import { styleText } from 'node:util'
import { Failure } from '#base/failure.ts'
import { printable } from '#base/printable.ts'
import { MailReader } from '#mail/store/index.ts'
import type { Run } from '../../command.ts'
import type { Output, Session } from '../../session.ts'
import { storeFile } from '../mail/open-store.ts'
import { type Check, exitOf, type Finding, findingOf, type Patient } from './check.ts'
import { checks } from './checks/index.ts'

interface Looked {
  readonly check: Check
  /** Undefined when it could not be looked at. */
  readonly findings: readonly Finding[] | undefined
}

export const run: Run = async ({ options }, session) => {
  const { output } = session
  const reader = openQuietly(session)
  const looked: Looked[] = []
  try {
    for (const check of checks) {
      output.progress(`looking at: ${check.name}`)
      const isSkipped = check.needsStore === true && reader === undefined
      const patient = { session, reader, isThorough: options.flag('all') }
      looked.push({ check, findings: isSkipped ? undefined : await look(check, patient) })
    }
  } finally {
    reader?.close()
    output.progress('')
  }
  const exit = exitOf(looked.flatMap(({ findings = [] }) => findings))
  if (output.json) output.data({ ok: exit === 'done', checks: looked.map(toWire) })
  else output.write(looked.map(each => lines(each, output)).join(''))
  return exit
}

/** A check that is itself refused, by us or by the system, has found something. */
async function look(check: Check, patient: Patient): Promise<readonly Finding[]> {
  try {
    return await check.run(patient)
  } catch (error) {
    if (error instanceof Failure) return [findingOf(error)]
    if (!(error instanceof Error && 'syscall' in error)) throw error
    return [{ code: 'check_refused', message: `cannot look: ${error.message}`, severity: 'problem' }]
  }
}

/** The check of the store says what is wrong where there is nothing to open. */
function openQuietly(session: Session): MailReader | undefined {
  const opened = MailReader.open(storeFile(session))
  return opened.ok ? opened.value : undefined
}

function toWire({ check, findings }: Looked) {
  if (findings === undefined) return { name: check.name, skipped: true }
  return { name: check.name, ok: exitOf(findings) === 'done', findings }
}

function lines({ check, findings }: Looked, output: Output): string {
  if (findings === undefined) return ''
  if (findings.length === 0) return line('ok', check, check.sound, output)
  return findings
    .map(({ severity, message, next }) => {
      const first = line(severity, check, printable(message), output)
      return next === undefined
        ? first
        : `${first}${' '.repeat(indent)}${severity === 'note' ? 'next' : 'mend'}: ${next}\n`
    })
    .join('')
}

const wordColumns = 9
const nameColumns = 13
const indent = wordColumns + nameColumns

function line(word: 'ok' | Finding['severity'], { name }: Check, text: string, { color }: Output): string {
  const style = ({ ok: 'green', note: 'cyan', problem: 'yellow', damage: 'red' } as const)[word]
  const shown = color ? styleText(style, word.padEnd(wordColumns), { validateStream: false }) : word.padEnd(wordColumns)
  return `${shown}${name.padEnd(nameColumns)}${text.replaceAll('\n', `\n${' '.repeat(indent)}`)}\n`
}
