import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maildirName, maildirPlaces } from '../../../src/mail/export/index.ts'
import { decodeFolderName } from '../../../src/mail/import/folder-label.ts'
import { flagsInName } from '../../../src/mail/import/maildir.ts'
import { FLAG } from '../../../src/mail/store/index.ts'
import { exported } from './exported.ts'

function foldersOf(...names: string[]): string[] {
  const labels = names.map(name => ({ name, kind: 'folder' as const, role: null }))
  return maildirPlaces(exported({ labels }).listed).map(({ folder }) => folder)
}

describe('a message in a Maildir', () => {
  test('bears its flags in its name, in the order that Maildir wants', () => {
    const flags = FLAG.read | FLAG.starred | FLAG.answered | FLAG.draft
    const name = maildirName(exported({ flags, id: '06nf9q513f', date: 1_790_000_000_123 }).listed)
    expect(name).toBe('1790000000.06nf9q513f.postern:2,DFRS')
    expect(flagsInName(name)).toBe(flags)
    expect(flagsInName(maildirName(exported({ flags }).listed, ';'))).toBe(flags)
  })

  test('lies in each of its folders; labels are none', () => {
    const labels = [
      { name: 'INBOX', kind: 'folder', role: 'inbox' },
      { name: 'Lists/timber', kind: 'folder', role: null },
      { name: 'Clients', kind: 'label', role: null },
    ] as const
    const places = maildirPlaces(exported({ labels }).listed)
    expect(places.map(({ folder }) => folder)).toEqual(['', '.Lists.timber'])
  })

  test('that has only labels lies in the inbox', () => {
    expect(maildirPlaces(exported({ labels: [{ name: 'x', kind: 'label', role: null }] }).listed)).toHaveLength(1)
    expect(maildirPlaces(exported({ labels: [] }).listed)[0]?.folder).toBe('')
  })

  test('never leaves the Maildir, whatever a folder is called', () => {
    expect(foldersOf('../../etc')).toEqual(['.&AC4ALg-.&AC4ALg-.etc'])
    expect(foldersOf('/')).toEqual(['.unnamed'])
    expect(foldersOf('a\u0000b\\c:d')).toEqual(['.a&AAA-b&AFw-c&ADo-d'])
  })

  test('any folder name becomes plain ASCII of bearable length and comes back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 3 }),
        names => {
          const parts = names.map(name => name.replaceAll('/', '')).filter(name => name !== '' && name.isWellFormed())
          if (parts.length === 0) return
          const [folder = ''] = foldersOf(parts.join('/'))
          expect(folder).toMatch(/^(?:\.[A-Za-z0-9 _+=@(),&-]+)+$/)
          expect(folder.length).toBeLessThanOrEqual(255)
          if (!/-[0-9a-f]{16}$/.test(folder)) expect(folder.slice(1).split('.').map(decodeFolderName)).toEqual(parts)
        },
      ),
    )
  })

  test('two very long folder names stay two', () => {
    const long = 'ä'.repeat(300)
    expect(new Set(foldersOf(`${long}1`, `${long}2`)).size).toBe(2)
  })
})
