import { err, ok } from '#base/result.ts'
import type { Delivery, DeliveryResult, Place, ProviderChange } from '../../../src/mail/providers/delivery.ts'
import { FLAG, type IncomingLabel, type IncomingMessage, type MessageId } from '../../../src/mail/store/index.ts'
import { letter, type TestMailbox, value } from '../store/mailbox.ts'

export const folders: readonly IncomingLabel[] = [
  { key: 'INBOX', kind: 'folder', role: 'inbox' },
  { key: 'Archive', kind: 'folder', role: 'archive' },
  { key: 'Trash', kind: 'folder', role: 'trash' },
  { key: 'Junk', kind: 'folder', role: 'spam' },
  { key: 'Work', kind: 'folder' },
]
export const account = 'imap'
const uidvalidity = 7

interface Copy {
  readonly uid: number
  readonly letter: IncomingMessage
  flags: number
  keywords: Set<string>
}

/**
 * A mail server in memory, with folders and UIDs as IMAP has them: what a provider of ours would find on the other
 * side. It counts the commands that sets of UIDs would take, and can fail in the ways that servers do.
 */
export class MailServer implements Delivery {
  readonly folders = new Map<string, Map<number, Copy>>(folders.map(({ key }) => [key, new Map()]))
  /** The calls, each with the commands that its changes take when UIDs are put into sets. */
  readonly calls: string[][] = []
  /** The next calls end so, the first first; `done-unheard`: the server does all, and the answer is lost. */
  readonly failures: ('offline' | 'done-unheard' | 'auth' | 'refuse')[] = []
  #uids = 0

  apply(changes: readonly ProviderChange[]) {
    const failure = this.failures.shift()
    if (failure === 'offline') return Promise.resolve(err({ code: 'network' as const, message: 'no route' }))
    if (failure === 'auth') return Promise.resolve(err({ code: 'auth_needed' as const, message: 'wrong password' }))
    if (failure === 'refuse') {
      const refused = { outcome: 'refused' as const, code: 'folder_readonly' as const, message: 'read-only' }
      return Promise.resolve(ok(changes.map((): DeliveryResult => refused)))
    }
    this.calls.push(commandsOf(changes))
    const results = changes.map(change => this.#apply(change))
    if (failure === 'done-unheard') return Promise.resolve(err({ code: 'network' as const, message: 'reset' }))
    return Promise.resolve(ok(results))
  }

  deliver(mailbox: string, message: IncomingMessage, flags = 0): number {
    const uid = ++this.#uids
    this.#folder(mailbox).set(uid, { uid, letter: message, flags, keywords: new Set() })
    return uid
  }

  /** What another client does. */
  move(from: string, uid: number, to: string): number | undefined {
    const copy = this.#folder(from).get(uid)
    if (copy === undefined) return undefined
    this.#folder(from).delete(uid)
    const moved = { ...copy, uid: ++this.#uids }
    this.#folder(to).set(moved.uid, moved)
    return moved.uid
  }

  /** One pass of a sync: what is gone, then what is there, with its flags. */
  sync(box: TestMailbox): void {
    for (const [mailbox, copies] of this.folders) {
      const known = box.reader.places(account, mailbox, uidvalidity)
      const gone = known.filter(({ uid }) => !copies.has(uid)).map(({ uid }) => uid)
      if (gone.length > 0) value(box.writer.forgetPlaces({ account, mailbox, uidvalidity, uids: gone }))
    }
    for (const [mailbox, copies] of this.folders) {
      const folder = folders.find(({ key }) => key === mailbox)
      if (folder === undefined) throw new Error(mailbox)
      const messages = [...copies.values()].map(copy => ({
        ...copy.letter,
        account,
        flags: copy.flags,
        labels: [folder, ...[...copy.keywords].map(key => ({ key, kind: 'keyword' as const }))],
        provider: { location: { mailbox, uidvalidity, uid: copy.uid } },
      }))
      if (messages.length > 0) box.take(messages)
    }
  }

  /** Message-ID → the folders that hold it, its flags and keywords. */
  contents(): Map<string, string> {
    const found = new Map<string, string[]>()
    for (const [mailbox, copies] of this.folders) {
      for (const { letter: each, flags, keywords } of copies.values()) {
        const id = each.document.messageId
        found.set(id, [...(found.get(id) ?? []), `${mailbox} ${flags} ${[...keywords].sort().join(',')}`])
      }
    }
    return new Map([...found].map(([id, places]) => [id, [...new Set(places)].sort().join('; ')]))
  }

  #apply(change: ProviderChange): DeliveryResult {
    const copies = change.places.flatMap(place => {
      const copy = place.uidvalidity === uidvalidity ? this.#folder(place.mailbox).get(place.uid) : undefined
      return copy === undefined ? [] : [{ mailbox: place.mailbox, copy }]
    })
    if (copies.length === 0) return { outcome: 'gone' }
    for (const { copy } of copies) {
      copy.flags = (copy.flags | change.setFlags) & ~change.clearFlags
      for (const { key } of change.addLabels) copy.keywords.add(key)
      for (const key of change.removeLabels) copy.keywords.delete(key)
    }
    const { enterFolder, leaveFolders } = change
    if (enterFolder === null) return leaveFolders.length > 0 ? unsupported : { outcome: 'applied' }
    const places: Place[] = []
    const leaving = copies.filter(({ mailbox }) => leaveFolders.includes(mailbox) && mailbox !== enterFolder.key)
    const [first] = copies
    const isThere = copies.some(({ mailbox }) => mailbox === enterFolder.key)
    if (leaving.length === 0 && !isThere && first !== undefined) {
      // As providers do it (src/mail/providers/deliver.ts): it is to be there too, so it is copied.
      const uid = this.deliver(enterFolder.key, first.copy.letter, first.copy.flags)
      for (const key of first.copy.keywords) this.#folder(enterFolder.key).get(uid)?.keywords.add(key)
      places.push({ mailbox: enterFolder.key, uidvalidity, uid })
    }
    for (const { mailbox, copy } of leaving) {
      const uid = this.move(mailbox, copy.uid, enterFolder.key)
      if (uid !== undefined) places.push({ mailbox: enterFolder.key, uidvalidity, uid })
    }
    return { outcome: 'applied', places }
  }

  #folder(mailbox: string): Map<number, Copy> {
    const folder = this.folders.get(mailbox)
    if (folder === undefined) throw new Error(`no folder ${mailbox}`)
    return folder
  }
}

const unsupported = { outcome: 'refused', code: 'unsupported', message: 'nothing is deleted' } as const

function commandsOf(changes: readonly ProviderChange[]): string[] {
  const commands = new Set<string>()
  for (const { places, setFlags, clearFlags, leaveFolders, enterFolder, addLabels, removeLabels } of changes) {
    for (const { mailbox } of places) {
      if (setFlags !== 0) commands.add(`${mailbox} STORE +${setFlags}`)
      if (clearFlags !== 0) commands.add(`${mailbox} STORE -${clearFlags}`)
      for (const { key } of addLabels) commands.add(`${mailbox} STORE +${key}`)
      for (const key of removeLabels) commands.add(`${mailbox} STORE -${key}`)
      if (leaveFolders.includes(mailbox) && enterFolder !== null) commands.add(`${mailbox} MOVE ${enterFolder.key}`)
    }
  }
  return [...commands]
}

/** A mailbox whose mail lies on a server: so many letters in its inbox, all of them read in. */
export function connected(box: TestMailbox, letters: number): { server: MailServer; ids: MessageId[] } {
  const server = new MailServer()
  value(box.writer.setLabels(account, folders))
  value(box.writer.setDelivery(account, 'folders'))
  for (let at = 0; at < letters; at++) server.deliver('INBOX', letter({ account }))
  server.sync(box)
  const rows = box.reader.statements.all('SELECT id FROM messages ORDER BY id')
  return { server, ids: rows.map(row => Number(row[0])) }
}

let keys = 0
export function freshKey(): string {
  return `client-key-${++keys}`
}

/** Delivers until nothing is left or the server fails; says whether all is delivered. */
export async function deliverAll(box: TestMailbox, server: MailServer, batch = 1_000): Promise<boolean> {
  for (;;) {
    const taken = value(box.writer.takeDeliveries(account, batch))
    if (taken.length === 0) return true
    const applied = await server.apply(taken.map(({ change }) => change))
    if (!applied.ok) return false
    const deliveries = taken.flatMap((each, at) => {
      const result = applied.value[at]
      return result === undefined ? [] : [{ taken: each, result }]
    })
    value(box.writer.settleDeliveries(account, deliveries))
  }
}

export { FLAG }
