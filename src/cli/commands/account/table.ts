import { Failure } from '#base/failure.ts'
import { splitWords } from '#base/words.ts'
import type { AccountTable } from '#config/edit.ts'
import type { Options } from '../../command.ts'

/** The keys of an account that options name; what is not said is not in it. */
export function tableFrom(options: Options): AccountTable {
  const said = (option: string, key: string) => {
    const value = options.value(option)
    return value === undefined ? {} : { [key]: value }
  }
  const trust = { ...said('ca-file', 'ca_file'), ...said('certificate-sha256', 'certificate_sha256') }
  const imap = { ...serverFrom(options, 'imap'), ...trust }
  const smtp = { ...serverFrom(options, 'smtp'), ...trust }
  return {
    ...said('email', 'email'),
    ...said('provider', 'provider'),
    ...said('name', 'name'),
    ...said('username', 'username'),
    ...said('history', 'history'),
    ...said('signature', 'signature'),
    ...commandFrom(options.value('password-command')),
    ...(Object.keys(imap).length > 0 ? { imap } : {}),
    ...(Object.keys(smtp).length > 0 ? { smtp } : {}),
  }
}

function serverFrom(options: Options, kind: 'imap' | 'smtp'): Record<string, unknown> {
  const place = options.value(kind)
  const tls = options.value(`${kind}-tls`)
  return { ...(place === undefined ? {} : placeFrom(place, kind)), ...(tls === undefined ? {} : { tls }) }
}

function placeFrom(text: string, kind: string): Record<string, unknown> {
  const found = /^(?:\[([0-9a-fA-F:]+)\]|([^:\s]+))(?::(\d{1,5}))?$/.exec(text)
  const host = found?.[1] ?? found?.[2]
  if (found === null || host === undefined) {
    throw new Failure('usage', 'server_invalid', `--${kind} takes HOST or HOST:PORT, not "${text.slice(0, 80)}"`)
  }
  return { host, ...(found[3] === undefined ? {} : { port: Number(found[3]) }) }
}

function commandFrom(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {}
  const words = splitWords(text)
  if (words === undefined || words.length === 0) {
    throw new Failure('usage', 'command_invalid', '--password-command has a quote that is not closed, or no word')
  }
  return { password_command: words }
}
