import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { readDocument } from '#mail/document.ts'
import { parseMessage } from '#mail/mime/index.ts'
import { MailWriter, seal } from '#mail/store/index.ts'
import { has } from '../needs.ts'
import { newDirectory, postern, type Ran } from '../postern.ts'
import { type Exim, makeSite, type Site, startExim } from '../servers/index.ts'
import { Post, value } from './post.ts'

describe.skipIf(!has('exim4'))('writing on the command line', () => {
  let site: Site
  let exim: Exim
  let post: Post
  beforeAll(async () => {
    site = makeSite()
    exim = await startExim(site)
  })
  afterEach(() => post?.kill())
  afterAll(async () => {
    await exim?.stop()
    if (site !== undefined) rmSync(site.directory, { recursive: true, force: true })
  })

  const begin = async (before: () => void = () => {}) => {
    post = new Post(site)
    await post.setUp({ port: exim.tlsPort })
    before()
    await post.start()
  }

  const run = (args: readonly string[], { editor = 'false', input = '' } = {}): Ran =>
    postern(args, { env: { HOME: post.home, EDITOR: editor, TZ: 'Europe/Lisbon' }, input })

  /** An editor of a few lines of shell; `$1` is the file. */
  const editor = (script: string): string => {
    const file = join(newDirectory('editor'), 'editor')
    writeFileSync(file, `#!/bin/sh\n${script}\n`)
    chmodSync(file, 0o755)
    return file
  }

  test('what an editor held when everything was killed is there at the next edit, and then in the draft', async () => {
    await begin()
    const draft = run(['compose', '--to', 'bob@example.org', '--subject', 'x', '--body', 'begun']).stdout.trim()
    const killed = run(['draft', 'edit', draft], { editor: editor('echo "a long thought" >> "$1"; kill -9 $PPID') })
    expect(killed.signal).toBe('SIGKILL')
    expect(run(['draft', 'show', draft]).stdout).not.toContain('a long thought')
    expect(run(['draft', 'list']).stdout).toContain('unsaved text in the editor')
    const again = run(['draft', 'edit', draft], { editor: editor('echo "and its end" >> "$1"') })
    expect(again).toMatchObject({ exit: 0 })
    expect(again.stderr).toContain('going on with what was being written')
    expect(run(['draft', 'show', draft]).stdout).toContain('begun\na long thought\nand its end')
    expect(readdirSync(join(post.paths.dataDir, 'editing'))).toEqual([])
  })

  test('a draft that makes no sense is not saved, and nothing that was written is lost', async () => {
    await begin()
    const draft = run(['compose', '--to', 'bob@example.org', '--body', 'x']).stdout.trim()
    const refused = run(['draft', 'edit', draft], {
      editor: editor('sed -i "s/^to:.*/to: nobody/" "$1"; echo more >> "$1"'),
    })
    expect(refused.exit).toBe(2)
    expect(refused.stderr).toContain('to: "nobody" is no address')
    expect(run(['draft', 'show', draft]).stdout).toContain('to: bob@example.org')
    const mended = run(['draft', 'edit', draft], { editor: editor('sed -i "s/^to:.*/to: carol@example.org/" "$1"') })
    expect(mended.exit).toBe(0)
    expect(run(['draft', 'show', draft]).stdout).toMatch(/to: carol@example\.org[\s\S]*more/)
  })

  test('sending asks a person, and a script has to say yes', async () => {
    await begin()
    const draft = run(['compose', '--to', 'bob@example.org', '--subject', 'yes', '--body', 'x']).stdout.trim()
    expect(run(['send', draft])).toMatchObject({ exit: 2 })
    const dry = JSON.parse(run(['send', draft, '--dry-run', '--json']).stdout)
    expect(dry).toMatchObject({ recipients: ['bob@example.org'], subject: 'yes', has_html: false })
    expect(post.mailbox('bob@example.org').filter(mail => mail.includes('Subject: yes'))).toEqual([])
    const sent = run(['send', draft, '--yes', '--wait'])
    expect(sent).toMatchObject({ exit: 0 })
    expect(sent.stdout).toContain(`sent <${dry.message_id}>`)
    expect(await post.arrived('bob@example.org', dry.message_id)).toHaveLength(1)
    expect(run(['send', draft, '--yes'])).toMatchObject({ exit: 4 })
  })

  test('what is held leaves only when its reason is named', async () => {
    await begin()
    const body = 'AKIAIOSFODNN7EXAMPLE'
    const draft = run(['compose', '--to', 'bob@example.org', '--subject', 'held', '--body', body]).stdout.trim()
    const held = run(['send', draft, '--yes'])
    expect(held).toMatchObject({ exit: 5 })
    expect(held.stderr).toContain(`postern send ${draft} --despite secret`)
    expect(run(['send', draft, '--yes', '--wait', '--despite', 'secret'])).toMatchObject({ exit: 0 })
  })

  test('a scheduled message tells its time in the person’s zone, on both sides of a clock change', async () => {
    await begin()
    const draft = run(['compose', '--to', 'bob@example.org', '--body', 'x', '--subject', 'x']).stdout.trim()
    const winter = JSON.parse(run(['send', draft, '--dry-run', '--json', '--at', '2027-03-27 9:00']).stdout)
    const summer = JSON.parse(run(['send', draft, '--dry-run', '--json', '--at', '2027-03-28 9:00']).stdout)
    expect([winter.leaves_at, summer.leaves_at]).toEqual(['2027-03-27T09:00:00Z', '2027-03-28T08:00:00Z'])
    expect(run(['send', draft, '--yes', '--at', '2027-03-28 9:00']).stdout).toContain('2027-03-28 09:00:00 +01:00')
    expect(run(['draft', 'unsend', draft])).toMatchObject({ exit: 0 })
    expect(run(['send', draft, '--at', 'yesterday'])).toMatchObject({ exit: 2 })
  })

  test.each([false, true])('a forwarded message arrives whole, with its files (as a file: %s)', async asFile => {
    const raw = Buffer.from(
      [
        'From: Ann <ann@a.example>',
        'To: alice@example.org',
        'Subject: Plan',
        'Message-ID: <plan@a.example>',
        'Bcc: hidden@a.example',
        'MIME-Version: 1.0',
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain',
        '',
        'See both plans.',
        '--b',
        'Content-Type: application/pdf',
        'Content-Disposition: attachment; filename="plan.pdf"',
        'Content-Transfer-Encoding: base64',
        '',
        'JVBERi0x',
        '--b',
        'Content-Type: image/png',
        'Content-ID: <logo@a>',
        'Content-Disposition: inline; filename="logo.png"',
        'Content-Transfer-Encoding: base64',
        '',
        'iVBORw==',
        '--b--',
        '',
      ].join('\r\n'),
    )
    await begin(() => {
      rmSync(post.paths.dataDir.concat('/mail.db'), { force: true })
      const writer = value(MailWriter.open(join(post.paths.dataDir, 'mail.db')))
      const { document } = readDocument(raw)
      value(
        writer.ingest(
          seal([
            { raw, account: 'work', labels: [{ key: 'INBOX', kind: 'folder', role: 'inbox' }], flags: 0, document },
          ]),
        ),
      )
      writer.close()
    })
    const id = run(['search', 'subject:plan', '--ids']).stdout.trim()
    const more = asFile ? ['--as-file'] : []
    const draft = run(['forward', id, '--to', 'bob@example.org', '--body', 'FYI', ...more]).stdout.trim()
    const sent = JSON.parse(run(['send', draft, '--yes', '--wait', '--json']).stdout)
    const [arrived = ''] = await post.arrived('bob@example.org', sent.message_id)
    const message = parseMessage(Buffer.from(arrived, 'latin1'))
    expect(message.text).toContain('FYI')
    expect(arrived).not.toContain('hidden@a.example')
    if (asFile) expect(message.attachments[0]?.message).toMatchObject({ subject: 'Plan' })
    else {
      expect(message.text).toContain('See both plans.')
      expect(message.attachments.map(({ filename, size }) => [filename, size])).toEqual([
        ['plan.pdf', 6],
        ['logo.png', 4],
      ])
    }
  })
})
