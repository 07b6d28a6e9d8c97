import type { Command, Option } from '../../command.ts'
import { daemonKeeps } from '../daemon/spec.ts'

const account = { name: 'NAME', summary: 'what the account is called here', required: true } as const

/** What can be said about an account; the rest is found out or asked for at a terminal. */
export const settingOptions = {
  email: { summary: 'Its address', value: 'ADDRESS' },
  name: { summary: 'The name that stands before the address in From', value: 'TEXT' },
  provider: { summary: 'A known provider: gmail, fastmail, icloud, yahoo, gmx, mailbox-org, posteo …', value: 'NAME' },
  username: { summary: 'The name to log in with, where it is not the address', value: 'NAME' },
  imap: { summary: 'The server to receive from', value: 'HOST[:PORT]' },
  'imap-tls': { summary: 'How it is encrypted', value: 'MODE', choices: ['implicit', 'starttls', 'none'] },
  smtp: { summary: 'The server to send by', value: 'HOST[:PORT]' },
  'smtp-tls': { summary: 'How it is encrypted', value: 'MODE', choices: ['implicit', 'starttls', 'none'] },
  'ca-file': { summary: 'Certificates (PEM) of an authority to trust beside the usual ones', value: 'FILE' },
  'certificate-sha256': { summary: 'The one certificate to accept, whoever signed it', value: 'HEX' },
  history: { summary: 'How far back mail is fetched: all, or a time such as 90d or 1y', value: 'TIME' },
  signature: { summary: 'What stands below messages', value: 'TEXT' },
  'password-stdin': { summary: 'Read the password from standard input' },
  'password-command': { summary: 'A command that prints the password, run whenever it is needed', value: 'COMMAND' },
} as const satisfies Record<string, Option>

export const accountCommands: readonly Command[] = [
  {
    name: 'account',
    summary: 'Add, test, change and remove mail accounts',
    subcommands: [
      {
        name: 'add',
        summary: 'Add an account: what is not said is found out, or asked for at a terminal',
        description:
          'Servers are those of the provider where it is known, else what the domain announces. The login is tried ' +
          'before anything is kept. The password goes to the keychain, or to a file that only you can read where ' +
          'there is none; it is never taken from an argument or a variable.',
        positionals: [
          {
            name: 'KIND',
            summary: 'imap receives and sends, smtp only sends',
            required: true,
            choices: ['imap', 'smtp'],
          },
        ],
        options: {
          account: { summary: 'What it is called here; made from the address when left out', value: 'NAME' },
          ...settingOptions,
          'no-smtp': { summary: 'It only receives' },
          'no-test': { summary: 'Keep it without trying to log in' },
          yes: { summary: 'Take what was found out without asking', short: 'y' },
        },
        examples: [
          { command: 'postern account add imap', why: 'answer what it asks' },
          {
            command: 'pass mail/work | postern account add imap --email ann@example.org --password-stdin',
            why: 'from a script',
          },
          {
            command: 'postern account add imap --email ann@example.org --password-command my-password',
            why: 'keep the password where it is',
          },
        ],
        keeps: daemonKeeps,
        load: () => import('./add.ts'),
      },
      {
        name: 'list',
        summary: 'List accounts, and those of the settings that cannot be used',
        examples: [{ command: 'postern account list', why: 'names, addresses and servers' }],
        load: () => import('./list.ts'),
      },
      {
        name: 'test',
        summary: 'Log in to the servers of an account, and say what is wrong',
        positionals: [{ ...account, required: false, summary: 'which; all when left out' }],
        examples: [
          { command: 'postern account test work', why: 'is it the password, the network or the certificate?' },
        ],
        keeps: daemonKeeps,
        load: () => import('./test.ts'),
      },
      {
        name: 'edit',
        summary: 'Change an account, or its password',
        positionals: [account],
        options: {
          ...settingOptions,
          password: { summary: 'Ask for the password anew' },
          only: { summary: 'With a password: for this server alone', value: 'SERVER', choices: ['imap', 'smtp'] },
        },
        examples: [
          { command: 'postern account edit work --password', why: 'after it was changed at the provider' },
          { command: 'postern account edit work --name Ann', why: 'another name in From' },
          { command: 'postern account edit work', why: 'open the settings in your editor' },
        ],
        keeps: daemonKeeps,
        load: () => import('./edit.ts'),
      },
      {
        name: 'remove',
        summary: 'Remove an account and its password; mail that was fetched stays',
        positionals: [account],
        options: { yes: { summary: 'Do not ask', short: 'y' } },
        examples: [{ command: 'postern account remove work', why: 'asks first' }],
        keeps: daemonKeeps,
        load: () => import('./remove.ts'),
      },
    ],
  },
]
