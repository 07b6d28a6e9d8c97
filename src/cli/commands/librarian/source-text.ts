import { instant } from '#base/instant.ts'
import type { Source } from '#librarian/sources.ts'

/** Where a record came from, as programs get it. */
export function sourceJson(source: Source | undefined) {
  if (source === undefined) return null
  const fact = (name: string) => source.facts.get(name) ?? null
  return {
    draft: source.draft,
    surface: fact('source_surface'),
    processor: fact('processor'),
    agent: fact('source_agent'),
    uri: fact('provenance_uri'),
    accepted_by: fact('accepted_by'),
    mail:
      fact('mail_message') === null
        ? null
        : {
            account: fact('mail_account'),
            message: fact('mail_message'),
            message_id: fact('mail_message_id'),
            part: fact('mail_part'),
            from: fact('mail_from'),
            authentication: fact('mail_authentication'),
          },
    revoked: source.revoked ?? null,
    committed_at: source.commits.map(at => instant(Number(at))),
  }
}

/** The same in one line for people. */
export function sourceLine(source: Source | undefined): string {
  const json = sourceJson(source)
  if (json === null) return 'written by hand'
  const from = json.mail === null ? (json.uri ?? json.surface) : mailWords(json.mail)
  const accepted = json.accepted_by === null ? '' : `, accepted by ${json.accepted_by}`
  const revoked = json.revoked === null ? '' : `, revoked: ${json.revoked}`
  return `${json.surface}: ${from}, draft ${json.draft}, committed ${json.committed_at.join(', ')}${accepted}${revoked}`
}

function mailWords(mail: Readonly<Record<string, string | null>>): string {
  const known = [
    ['Message-ID', mail.message_id],
    ['account', mail.account],
    ['part', mail.part],
    ['authentication', mail.authentication],
  ].flatMap(([name, value]) => (value === null || value === undefined ? [] : [`${name}: ${value}`]))
  return `message ${mail.message} from ${mail.from} (${known.join(', ')})`
}
