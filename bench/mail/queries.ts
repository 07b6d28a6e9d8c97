import { readDocument } from '../../src/mail/document.ts'
import { count } from '../../src/mail/search/index.ts'
import type { MailReader } from '../../src/mail/store/index.ts'

/** One question in the languages of the three; absent where a program cannot be asked it. */
export interface BenchQuery {
  readonly name: string
  readonly ours: string
  readonly notmuch?: string
  readonly mu?: string
}

export const searchTime = { now: Date.UTC(2026, 9, 2), timeZone: 'Europe/Berlin' } as const

/** Thirty kinds of questions, about words, people and folders that this mail has. */
export function queriesFor(reader: MailReader): BenchQuery[] {
  const { words, sender, list, folder } = sample(reader)
  const { common, second, third, middling, other, rare } = words
  const all = (...parts: string[]) => parts.join(' and ')
  const both = (name: string, ours: string, peers: string): BenchQuery => ({ name, ours, notmuch: peers, mu: peers })
  const folders = {
    ours: `label:"${folder}"`,
    notmuch: `folder:${maildirOf(folder)}`,
    mu: `maildir:/${maildirOf(folder)}`,
  }
  return [
    both('common word', common, common),
    both('middling word', middling, middling),
    both('rare word', rare, rare),
    both('no hit', 'xyzzyqwertz', 'xyzzyqwertz'),
    both('two common words', `${common} ${second}`, all(common, second)),
    both('two middling words', `${middling} ${other}`, all(middling, other)),
    both('common and rare', `${common} ${rare}`, all(common, rare)),
    both('three words', `${common} ${second} ${third}`, all(common, second, third)),
    both('either of two', `${middling} OR ${rare}`, `${middling} or ${rare}`),
    both('one without other', `${common} -${second}`, `${common} and not ${second}`),
    both('phrase', `"${words.phrase}"`, `"${words.phrase}"`),
    both('beginning of a word', `${middling.slice(0, 5)}*`, `${middling.slice(0, 5)}*`),
    both('from, by name', `from:${sender.name}`, `from:${sender.name}`),
    both('from, by address', `from:${sender.address}`, `from:${sender.address}`),
    both('from and a word', `from:${sender.name} ${common}`, all(`from:${sender.name}`, common)),
    both('subject', `subject:${middling}`, `subject:${middling}`),
    both('subject and a word', `subject:${third} ${common}`, all(`subject:${third}`, common)),
    both('to', `to:${list}`, `to:${list}`),
    { name: 'attachments', ours: 'has:attachment', notmuch: 'tag:attachment', mu: 'flag:attach' },
    { name: 'a kind of file', ours: 'filename:pdf', notmuch: 'mimetype:application/pdf', mu: 'mime:application/pdf' },
    { name: 'unread', ours: 'is:unread', notmuch: 'tag:unread', mu: 'flag:unread' },
    {
      name: 'unread and a word',
      ours: `is:unread ${middling}`,
      notmuch: all('tag:unread', middling),
      mu: all('flag:unread', middling),
    },
    {
      name: 'starred and a word',
      ours: `is:starred ${common}`,
      notmuch: all('tag:flagged', common),
      mu: all('flag:flagged', common),
    },
    { name: 'a folder', ...folders },
    {
      name: 'a word in a folder',
      ours: `${folders.ours} ${common}`,
      notmuch: all(folders.notmuch, common),
      mu: all(folders.mu, common),
    },
    { name: 'a month', ours: 'date:2019-05', notmuch: 'date:2019-05..2019-05', mu: 'date:20190501..20190531' },
    {
      name: 'a word in a year',
      ours: `${middling} date:2018`,
      notmuch: all(middling, 'date:2018..2018'),
      mu: all(middling, 'date:20180101..20181231'),
    },
    { name: 'large ones', ours: 'larger:100k', mu: 'size:100k..1g' },
    {
      name: 'two words, unread',
      ours: `${common} ${second} is:unread`,
      notmuch: all(common, second, 'tag:unread'),
      mu: all(common, second, 'flag:unread'),
    },
    {
      name: 'two words, a folder',
      ours: `${common} ${second} ${folders.ours}`,
      notmuch: all(common, second, folders.notmuch),
      mu: all(common, second, folders.mu),
    },
  ]
}

const sampled = 400

/** Words by how many messages hold them, a person who writes, a list and a folder, out of messages here and there. */
function sample(reader: MailReader) {
  const ids = reader.statements.all('SELECT id FROM messages ORDER BY id').map(row => Number(row[0]))
  const step = Math.max(1, Math.floor(ids.length / sampled))
  const documents = ids
    .filter((_, at) => at % step === 0)
    .flatMap(id => {
      const raw = reader.raw(id)
      return raw.ok ? [readDocument(raw.value).document] : []
    })
  const seen = new Map<string, number>()
  for (const { text } of documents) {
    for (const word of new Set(text.match(/(?<![\p{L}\p{N}])[a-z]{5,12}(?![\p{L}\p{N}])/gu) ?? [])) {
      seen.set(word, (seen.get(word) ?? 0) + 1)
    }
  }
  const ranked = [...seen].sort((one, other) => other[1] - one[1]).map(([word]) => word)
  const share = (word: string) => {
    const counted = count(reader, word, searchTime)
    return counted.ok ? counted.value.total / ids.length : 1
  }
  const near = (wanted: number, not = '') => ranked.find(word => word !== not && share(word) <= wanted) ?? 'none'
  const middling = near(0.02)
  const author = documents.map(({ from }) => from[0]).find(person => /^[a-z]{4,}/i.test(person?.name ?? ''))
  const [folder] = [...reader.labels()]
    .filter(({ key }) => key !== 'INBOX')
    .sort((one, other) => other.total - one.total)
  const [, phrase = 'none'] = /(?:^|\n)([a-z]{4,} [a-z]{4,})/.exec(documents.map(({ text }) => text).join('\n')) ?? []
  return {
    words: {
      common: ranked[0] ?? '',
      second: ranked[1] ?? '',
      third: near(0.05),
      middling,
      other: near(0.02, middling),
      rare: near(0.0005),
      phrase,
    },
    sender: { name: author?.name?.split(' ')[0] ?? 'none', address: author?.email ?? 'none' },
    list: documents.find(({ listId, to }) => listId !== '' && to[0] !== undefined)?.to[0]?.email ?? 'none',
    folder: folder?.key ?? 'INBOX',
  }
}

function maildirOf(folder: string): string {
  return folder === 'INBOX' ? '' : `.${folder.replaceAll('/', '.')}`
}
