import type { Config } from './schema.ts'

/** What an empty file means, without the schema: to build that takes milliseconds, which every command would pay. */
export const defaults: Config = {
  log: { level: 'info', file_bytes_max: 10 * 1024 ** 2, files_max: 5 },
  secrets: { store: 'auto' },
  send: { delay_s: 10, late_max_min: 60, quote: 'bottom' },
  harness: { after_session: 'off', capsule_chars: 8000 },
  checks: {
    attachment_missing: 'warn',
    subject_empty: 'warn',
    body_empty: 'warn',
    placeholder: 'warn',
    secret: 'block',
    one_time_code: 'warn',
    personal_data: 'warn',
    first_time: 'warn',
    look_alike: 'warn',
    reply_to: 'warn',
    recipient_lost: 'warn',
    greeting: 'warn',
    many_recipients: 'warn',
    sensitive_domain: 'block',
    internal_marker: 'block',
    recipients_max: 20,
    internal_domains: [],
    sensitive_domains: [],
    internal_markers: [],
  },
  accounts: [],
  refusedAccounts: [],
  agents: { profiles: {} },
  programs: {},
}
