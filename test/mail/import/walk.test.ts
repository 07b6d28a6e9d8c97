import { execFileSync } from 'node:child_process'
import { chmodSync, symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decodeFolderName, folderLabel } from '../../../src/mail/import/folder-label.ts'
import { flagsInName } from '../../../src/mail/import/maildir.ts'
import { isBox, isTrouble } from '../../../src/mail/import/source.ts'
import { walk } from '../../../src/mail/import/walk.ts'
import { FLAG } from '../../../src/mail/store/index.ts'
import { letter, tree } from './tree.ts'

/** What a walk finds: `folder: file` for messages, `code: file` for troubles. */
function found(root: string, path = root): string[] {
  return [...walk(path)]
    .filter(each => !isBox(each))
    .map(each =>
      isTrouble(each)
        ? `${each.code}: ${relative(root, each.path)}`
        : isBox(each)
          ? ''
          : `${each.folder.key}: ${relative(root, each.path)}`,
    )
}

const mail = letter('one')

describe('a Maildir', () => {
  test('is taken with its Maildir++ folders and those nested in it, each under its name', () => {
    const root = tree({
      'cur/1.a:2,S': mail,
      'new/2.b': mail,
      'tmp/3.half-written': mail,
      '.Sent/cur/4.c:2,S': mail,
      '.Sent/new/': '',
      '.Lists.dev/new/5.d': mail,
      '.Lists.dev/cur/': '',
      'Work/cur/6.e': mail,
      'Work/Deep/cur/7.f': mail,
      dovecot: 'index',
      maildirfolder: '',
      '.notmuch/xapian/postlist.glass': 'From nobody',
    })
    expect(found(root)).toEqual([
      'INBOX: cur/1.a:2,S',
      'INBOX: new/2.b',
      'Lists/dev: .Lists.dev/new/5.d',
      'Sent: .Sent/cur/4.c:2,S',
      'Work: Work/cur/6.e',
      'Work/Deep: Work/Deep/cur/7.f',
    ])
  })

  test('without cur is read as far as it is there, and said to be incomplete', () => {
    expect(found(tree({ 'new/1.a': mail, 'tmp/': '' }))).toEqual(['maildir_incomplete: ', 'INBOX: new/1.a'])
  })

  test('among others in a folder of mailboxes bears its own name', () => {
    const root = tree({ 'INBOX/cur/1.a': mail, 'Archive/cur/2.b': mail, 'Archive/new/': '', 'notes/todo.txt': 'x' })
    expect(found(root)).toEqual(['Archive: Archive/cur/2.b', 'INBOX: INBOX/cur/1.a'])
  })

  test.each([
    ['1.a:2,FRS', FLAG.starred | FLAG.answered | FLAG.read],
    ['1.a:2,D', FLAG.draft],
    ['1.a;2,S', FLAG.read],
    ['1.a:2,', 0],
    ['1.a', 0],
    ['1.S:1,S', 0],
  ])('tells the flags of %s', (name, flags) => {
    expect(flagsInName(name)).toBe(flags)
  })
})

describe('what is not opened:', () => {
  test('links, whatever they lead to, but for the path that a person named', () => {
    const outside = tree({ 'secret.eml': mail, 'box/cur/1.a': mail })
    const root = tree({ 'cur/1.a': mail, 'new/': '' })
    symlinkSync(join(outside, 'secret.eml'), join(root, 'cur/2.link'))
    symlinkSync(join(outside, 'box'), join(root, '.Linked'))
    symlinkSync('1.a', join(root, 'cur/3.inside'))
    expect(found(root).sort()).toEqual([
      'INBOX: cur/1.a',
      'link_not_followed: .Linked',
      'link_not_followed: cur/2.link',
      'link_not_followed: cur/3.inside',
    ])
    const named = join(outside, 'way-in')
    symlinkSync(root, named)
    expect(found(root, named)).toEqual(found(root))
  })

  test('pipes, which would wait for ever', () => {
    const root = tree({ 'cur/1.a': mail })
    execFileSync('mkfifo', [join(root, 'cur/2.pipe'), join(root, 'pipe.eml')])
    expect(found(root)).toEqual(['not_a_file: cur/2.pipe', 'INBOX: cur/1.a'])
    expect(found(root, join(root, 'pipe.eml'))).toEqual(['not_a_file: pipe.eml'])
  })

  test('devices', () => {
    expect([...walk('/dev/zero')]).toMatchObject([{ code: 'not_a_file' }])
  })

  test('a folder without leave, which stops no other', () => {
    const root = tree({ 'a/cur/1.a': mail, 'b/cur/2.b': mail })
    chmodSync(join(root, 'a/cur'), 0)
    const expected = process.getuid?.() === 0 ? 'a: a/cur/1.a' : 'folder_unreadable: a/cur'
    expect(found(root)).toEqual([expected, 'b: b/cur/2.b'])
    chmodSync(join(root, 'a/cur'), 0o700)
  })

  test('folders beyond the 64th level', () => {
    const deep = Array.from({ length: 70 }, () => 'd').join('/')
    expect(found(tree({ [`${deep}/1.eml`]: mail }))).toMatchObject([expect.stringMatching(/^nested_too_deep: /)])
  })
})

describe('files', () => {
  test('in folders are messages by their name and mailboxes by how they begin', () => {
    const box = `From ann Thu Oct  1 12:00:00 2026\n${mail}\n`
    const root = tree({
      'a.eml': mail,
      'notes.txt': 'From here to there',
      'Letters/10': mail,
      'Letters/9': mail,
      'Letters/.mh_sequences': 'cur: 9',
      'Letters/deep/b.EML': mail,
      Sent: box,
      'Archives.sbd/2020': box,
      'Work.mbox/mbox': box,
      'empty.mbox': '',
      'Sent.msf': '// <!-- <mdb:mork:z v="1.4"/> -->',
    })
    const name = root.split('/').at(-1)
    expect(found(root)).toEqual([
      'Sent: Sent',
      `${name}: a.eml`,
      'Archives/2020: Archives.sbd/2020',
      'Letters: Letters/9',
      'Letters: Letters/10',
      'Letters/deep: Letters/deep/b.EML',
      'Work: Work.mbox/mbox',
    ])
  })

  test.each([
    ['a PDF that is called an mbox', 'archive.mbox', '%PDF-1.7\n', 'not_mail'],
    ['a zip archive', 'mail.zip', 'PK\u0003\u0004', 'not_mail'],
    ['a list of users', 'passwd', 'root:x:0:0:root:/root:/bin/sh\n', 'not_mail'],
  ])('are refused by name when they hold no mail: %s', (_, name, content, code) => {
    const root = tree({ [name]: content })
    expect(found(root, join(root, name))).toEqual([`${code}: ${name}`])
  })

  test('that are not there are said to be missing', () => {
    expect([...walk('/nowhere/at/all')]).toMatchObject([{ code: 'path_missing' }])
  })
})

describe('a folder name', () => {
  test.each([
    [[], 'INBOX', 'inbox'],
    [['inbox'], 'INBOX', 'inbox'],
    [['INBOX', 'Sent'], 'Sent', 'sent'],
    [['Sent Items'], 'Sent Items', 'sent'],
    [['Entwürfe'], 'Entwürfe', 'drafts'],
    [['[Gmail]', 'Trash'], '[Gmail]/Trash', 'trash'],
    [['Projects', 'Sent'], 'Projects/Sent', undefined],
    [['Junk'], 'Junk', 'spam'],
  ])('%j is the label %s with the role %s', (names, key, role) => {
    expect(folderLabel(names)).toEqual({ key, kind: 'folder', ...(role === undefined ? {} : { role }) })
  })

  test.each([
    ['Entw&APw-rfe', 'Entwürfe'],
    ['&ZeVnLIqe-', '日本語'],
    ['R&-D', 'R&D'],
    ['a & b', 'a & b'],
    ['&2AA-', '&2AA-'],
    ['&AB-', '&AB-'],
  ])('%s is read as %s', (name, shown) => {
    expect(decodeFolderName(name)).toBe(shown)
  })
})
