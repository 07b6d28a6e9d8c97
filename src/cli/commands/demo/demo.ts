import { demoInstance } from '#base/paths.ts'
import { demoAccount, demoMessagesDefault, demoMessagesMax, type Filled, fillDemo } from '#mail/providers/demo/index.ts'
import { MailReader } from '#mail/store/index.ts'
import type { Options, Run } from '../../command.ts'
import type { Output, Session } from '../../session.ts'
import { stopDaemon } from '../daemon/stop.ts'
import { storeFile, unwrap } from '../mail/open-store.ts'
import { numberOption } from '../mail/search-options.ts'
import { withWriter } from '../mail/write-store.ts'
import { markAsDemo, removeDemo } from './place.ts'
import { tellStory } from './story.ts'
import { tellerOf } from './tell.ts'

export const run: Run = async ({ options }, session) => {
  const { output, paths, clock } = session
  // Everything below deletes or fills: whoever changes how commands find their instance must meet this first.
  if (paths.instance !== demoInstance) throw new Error('the demo was about to work on another instance')
  const messages = numberOption(options, 'messages', demoMessagesDefault, demoMessagesMax)
  if (options.flag('reset') || options.flag('remove')) {
    await stopDaemon(session)
    const removed = removeDemo(paths)
    if (options.flag('remove')) {
      if (output.json) output.data({ removed })
      else output.write(removed.length === 0 ? 'there is no demo\n' : removed.map(each => `removed ${each}\n`).join(''))
      return 'done'
    }
  }
  if (isToBeTold(options, output)) {
    claimPlace(session)
    await tellStory(tellerOf(session), messages)
    return 'done'
  }
  const began = clock.monotonicMs()
  const filled = await setUpDemo(session, messages)
  const seconds = Math.round(clock.monotonicMs() - began) / 1000
  if (output.json) {
    output.data({ account: demoAccount, ...filled, seconds, data_directory: paths.dataDir })
    return 'done'
  }
  output.write(`${filled.stored} messages added, ${filled.known} were there, in ${seconds.toFixed(1)} s\n`)
  output.talk(
    `\nTry:\n${whatToTry.map(({ command, why }) => `  ${command.padEnd(commandColumns)}  ${why}`).join('\n')}`,
  )
  return 'done'
}

/** Whoever says how large the mailbox shall be, or is a program, came for the mailbox alone. */
function isToBeTold(options: Options, { json }: Output): boolean {
  return options.flag('story') || (!json && options.value('messages') === undefined)
}

/** The demo's mailbox in its own store; what is there already stays. */
export function setUpDemo(session: Session, messages: number): Promise<Filled> {
  const { output } = session
  claimPlace(session)
  return withWriter(session, writer => {
    const filled = unwrap(fillDemo(writer, { messages, onProgress: done => output.progress(`${done} of ${messages}`) }))
    output.progress('')
    return filled
  })
}

function claimPlace(session: Session): void {
  markAsDemo(session.paths, () => holdsNobodysMail(storeFile(session)))
}

/** A store that some other command made for this instance before anything was in it. */
function holdsNobodysMail(file: string): boolean {
  const opened = MailReader.open(file)
  if (!opened.ok) return false
  try {
    return opened.value.accounts().every(({ name }) => name === demoAccount)
  } finally {
    opened.value.close()
  }
}

const whatToTry = [
  { command: 'postern --demo search roof garden', why: 'words, newest first' },
  { command: "postern --demo search 'from:ines has:attachment newer_than:1y'", why: 'operators' },
  { command: 'postern --demo search 会議', why: 'any script' },
  { command: 'postern --demo search "subject:roof-garden" --ids | postern --demo show', why: 'read what was found' },
  { command: 'postern --demo count in:anywhere --group-by from', why: 'who writes most' },
  { command: 'postern --demo search access card', why: 'a letter that tries to talk an assistant into something' },
  { command: 'postern --demo export --search is:starred --format markdown --output starred', why: 'take mail out' },
] as const

const commandColumns = 78
