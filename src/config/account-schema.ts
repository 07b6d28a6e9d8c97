import * as v from 'valibot'

const namePattern = /^[a-z0-9][a-z0-9_-]{0,63}$/
export const accountsMax = 100

/** An account's name stands in commands, file names and log lines: it is plain. */
export function isAccountName(name: string): boolean {
  return namePattern.test(name)
}

/** One mailbox, spelled out: what a program can send to. Quoted local parts are not for settings. */
export function isEmail(text: string): boolean {
  // Here and not above, as below: classes of Unicode take milliseconds to compile, and every command reads this file.
  const pattern =
    /^[^\s@"<>(),:;[\]\\\x00-\x1f\x7f]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)*[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u
  return pattern.test(text)
}

function isHost(text: string): boolean {
  return /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,251}[\p{L}\p{N}])?|[0-9a-fA-F:]{2,45})$/u.test(text)
}

const line = (charactersMax: number) =>
  v.pipe(
    v.string(),
    v.check(text => text.length > 0 && text.length <= charactersMax && !/[\x00-\x1f\x7f]/.test(text)),
  )
const email = v.pipe(v.string(), v.maxLength(254), v.check(isEmail))
const host = v.pipe(v.string(), v.check(isHost))
const path = v.pipe(line(4096), v.regex(/^(?:~?\/|[A-Za-z]:[\\/])/))

function says<const Schema extends v.BaseSchema<unknown, unknown, v.BaseIssue<unknown>>>(
  schema: Schema,
  type: string,
  description: string,
) {
  return v.pipe(schema, v.title(type), v.description(description))
}

const server = (what: string) => ({
  host: v.optional(says(host, 'a host name or an address', `The ${what} server; the provider's when left out.`)),
  port: v.optional(
    says(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535)),
      '1 to 65535',
      'Its port; by default the usual one for tls.',
    ),
  ),
  tls: v.optional(
    says(
      v.picklist(['implicit', 'starttls', 'none']),
      'implicit, starttls or none',
      'TLS from the first byte, or by STARTTLS before anything else. none is for servers on this machine only.',
    ),
  ),
  ca_file: v.optional(
    says(path, 'an absolute path', 'Certificates (PEM) of the authority that signed the server’s, beside the usual.'),
  ),
  certificate_sha256: v.optional(
    says(
      v.pipe(v.string(), v.regex(/^(?:[0-9a-fA-F]{2}:?){31}[0-9a-fA-F]{2}$/)),
      'the SHA-256 of a certificate in hex',
      'The one certificate that this server may show, whoever signed it: a pinned exception.',
    ),
  ),
  username: v.optional(says(line(255), 'a name', 'The name to log in with here, where it differs.')),
})

/** A table `[accounts.NAME]`. Three lines are enough for a known provider. */
export const accountSchema = v.strictObject({
  email: says(email, 'an address', 'The address of the account.'),
  provider: v.optional(
    says(v.string(), 'the name of a known provider', 'Whose servers to use: postern account add --help lists them.'),
  ),
  name: v.optional(says(line(200), 'a name', 'The name that stands before the address in From.')),
  enabled: v.optional(says(v.boolean(), 'true or false', 'Whether the account is used at all.'), true),
  username: v.optional(says(line(255), 'a name', 'The name to log in with; the address when left out.')),
  auth: v.optional(
    says(v.picklist(['password', 'none']), 'password or none', 'How to log in; none is for servers on this machine.'),
    'password',
  ),
  password_command: v.optional(
    says(
      v.pipe(v.array(line(4096)), v.minLength(1), v.maxLength(64)),
      'a list of words',
      'A command that prints the password: program and arguments, run without a shell. Else the keychain is asked.',
    ),
  ),
  imap: v.optional(v.strictObject(server('IMAP'))),
  smtp: v.optional(v.strictObject(server('SMTP'))),
  history: v.optional(
    says(
      v.pipe(v.string(), v.regex(/^(?:all|[1-9]\d{0,4}d|[1-9]\d{0,2}y)$/)),
      'all, or a time such as 90d or 1y',
      'How far back mail is fetched.',
    ),
    'all',
  ),
  sync_interval_s: v.optional(
    says(
      v.pipe(v.number(), v.integer(), v.minValue(15), v.maxValue(86_400)),
      '15 to 86400',
      'Seconds between looks at folders that the server does not report on by itself.',
    ),
    300,
  ),
  folders: v.optional(
    v.strictObject({
      include: v.optional(
        says(
          v.pipe(v.array(line(1000)), v.maxLength(1000)),
          'a list of folders',
          'Only these folders; * stands for any part.',
        ),
        [],
      ),
      exclude: v.optional(
        says(
          v.pipe(v.array(line(1000)), v.maxLength(1000)),
          'a list of folders',
          'Never these folders; * stands for any part.',
        ),
        [],
      ),
    }),
  ),
  sent_copy: v.optional(
    says(
      v.picklist(['auto', 'append', 'server']),
      'auto, append or server',
      'Who files sent mail: we do (append), the server does, or we do unless the provider is known to (auto).',
    ),
    'auto',
  ),
  signature: v.optional(
    says(v.pipe(v.string(), v.maxLength(4000)), 'text', 'What stands below messages from the account’s own address.'),
  ),
  identities: v.optional(
    says(
      v.pipe(
        v.array(
          v.strictObject({
            email,
            name: v.optional(line(200)),
            signature: v.optional(v.pipe(v.string(), v.maxLength(4000))),
            default_for: v.optional(v.pipe(v.array(line(254)), v.maxLength(200)), []),
          }),
        ),
        v.maxLength(50),
      ),
      'a list of tables with email, name, signature and default_for',
      'Further addresses to write from. default_for: addresses or domains that are written to from this one.',
    ),
    [],
  ),
})

export type AccountSettings = v.InferOutput<typeof accountSchema>
