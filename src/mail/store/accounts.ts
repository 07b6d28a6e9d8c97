import { err, ok, type Result } from '#base/result.ts'
import { labelGone } from '../outbox/shield.ts'
import type { Delivered } from '../outbox/targets.ts'
import { integer } from './database.ts'
import { type StoreError, storeError } from './errors.ts'
import type { IncomingLabel } from './incoming.ts'
import { refreshFlags, removeLabel } from './membership.ts'
import type { Writing } from './writing.ts'

const addressesMax = 200

/** The person's own addresses in an account, the primary one first: what `me` means in a search. */
export function setAddresses(
  writing: Writing,
  account: string,
  addresses: readonly string[],
): Result<undefined, StoreError> {
  if (addresses.length > addressesMax)
    return err(storeError('limit_reached', `an account has at most ${addressesMax} addresses`))
  return writing.transaction(() => {
    const { statements } = writing
    const id = writing.account(account)
    statements.run('DELETE FROM account_addresses WHERE account_id = ?', id)
    for (const [at, address] of addresses.entries()) {
      statements.run(
        'INSERT OR IGNORE INTO account_addresses(account_id, address, is_primary) VALUES (?, ?, ?)',
        id,
        address.trim().toLowerCase(),
        at === 0 ? 1 : 0,
      )
    }
    return ok(undefined)
  })
}

export function setDelivery(writing: Writing, account: string, delivery: Delivered): Result<undefined, StoreError> {
  return writing.transaction(() => {
    writing.statements.run('UPDATE accounts SET delivery = ? WHERE id = ?', delivery, writing.account(account))
    return ok(undefined)
  })
}

/** Makes labels known before mail comes under them, and takes over their names and roles. */
export function setLabels(
  writing: Writing,
  account: string,
  labels: readonly IncomingLabel[],
): Result<undefined, StoreError> {
  return writing.transaction(() => {
    const id = writing.account(account)
    for (const label of labels) writing.labels.ensure(id, label)
    return ok(undefined)
  })
}

/** A label or folder that is gone from the provider. Mail that lay only there is named, not removed. */
export function removeLabelOf(writing: Writing, account: string, key: string): Result<readonly number[], StoreError> {
  return writing.transaction(() => {
    const { statements } = writing
    const row = statements.one('SELECT id FROM labels WHERE account_id = ? AND key = ?', writing.account(account), key)
    if (row === undefined) return err(storeError('label_unknown', 'there is no such label'))
    const label = integer(row, 0)
    const ids = statements
      .all('SELECT message_id FROM message_labels WHERE label_id = ?', label)
      .map(found => integer(found, 0))
    for (const id of ids) if (removeLabel(writing, id, label)) refreshFlags(writing, id)
    writing.labels.clear()
    labelGone(writing, label)
    statements.run('DELETE FROM labels WHERE id = ?', label)
    return ok(ids.filter(id => statements.one('SELECT 1 FROM message_labels WHERE message_id = ?', id) === undefined))
  })
}
