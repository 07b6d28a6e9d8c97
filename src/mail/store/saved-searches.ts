import { err, ok, type Result } from '#base/result.ts'
import { integer, type Statements, text } from './database.ts'
import { type StoreError, storeError } from './errors.ts'
import type { Writing } from './writing.ts'

export type SavedSort = 'newest' | 'oldest' | 'relevance'

/** The query is kept as it was written: "newer_than:7d" means the last seven days on every day that it runs. */
export interface SavedSearch {
  readonly name: string
  readonly query: string
  readonly sort: SavedSort
  /** Only mail of this account. */
  readonly account: string | null
}

const savedSearchesMax = 500
const nameCharsMax = 100
const queryCharsMax = 2_000

/** In the person's order. */
export function listSavedSearches(statements: Statements): SavedSearch[] {
  const rows = statements.all(
    `SELECT s.name, s.query, s.sort, a.name FROM saved_searches s LEFT JOIN accounts a ON a.id = s.account_id
     ORDER BY s.position, s.id`,
  )
  return rows.map(row => ({
    name: text(row, 0),
    query: text(row, 1),
    sort: sortFrom(text(row, 2)),
    account: row[3] === null ? null : text(row, 3),
  }))
}

/** Adds it at the end, or replaces the one of that name (case does not matter) where it stands. */
export function saveSearch(
  writing: Writing,
  search: SavedSearch,
  mode: 'add' | 'replace',
): Result<undefined, StoreError> {
  const name = search.name.trim()
  if (name === '' || name.length > nameCharsMax || /[\x00-\x1f\x7f]/.test(name)) {
    return err(storeError('name_invalid', `a saved search has a name of 1 to ${nameCharsMax} visible characters`))
  }
  if (search.query.length > queryCharsMax) return err(storeError('limit_reached', 'the query is too long to be saved'))
  return writing.transaction(() => {
    const { statements } = writing
    const known = statements.one('SELECT id FROM saved_searches WHERE name = ?', name)
    if (known !== undefined && mode === 'add') return err(storeError('name_taken', `there is a saved search "${name}"`))
    if (known === undefined && integer(statements.one('SELECT count(*) FROM saved_searches'), 0) >= savedSearchesMax) {
      return err(storeError('limit_reached', `there are ${savedSearchesMax} saved searches: delete one first`))
    }
    const account = search.account === null ? null : writing.account(search.account)
    statements.run(
      `INSERT INTO saved_searches(name, query, sort, account_id, position, created_at)
       VALUES (?, ?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM saved_searches), ?)
       ON CONFLICT(name) DO UPDATE SET query = excluded.query, sort = excluded.sort, account_id = excluded.account_id`,
      name,
      search.query,
      search.sort,
      account,
      writing.clock.now(),
    )
    return ok(undefined)
  })
}

export function deleteSavedSearch(writing: Writing, name: string): Result<undefined, StoreError> {
  return writing.transaction(() => {
    const deleted = writing.statements.run('DELETE FROM saved_searches WHERE name = ?', name.trim())
    return deleted > 0 ? ok(undefined) : err(storeError('name_unknown', `there is no saved search "${name}"`))
  })
}

export function renameSavedSearch(writing: Writing, from: string, to: string): Result<undefined, StoreError> {
  const name = to.trim()
  if (name === '' || name.length > nameCharsMax) return err(storeError('name_invalid', 'that name cannot be used'))
  return writing.transaction(() => {
    const { statements } = writing
    const old = statements.one('SELECT id FROM saved_searches WHERE name = ?', from.trim())
    if (old === undefined) return err(storeError('name_unknown', `there is no saved search "${from}"`))
    const other = statements.one('SELECT id FROM saved_searches WHERE name = ? AND id <> ?', name, integer(old, 0))
    if (other !== undefined) return err(storeError('name_taken', `there is a saved search "${name}"`))
    statements.run('UPDATE saved_searches SET name = ? WHERE id = ?', name, integer(old, 0))
    return ok(undefined)
  })
}

/** Names in the wanted order; those left out follow in the order they had. */
export function orderSavedSearches(writing: Writing, names: readonly string[]): Result<undefined, StoreError> {
  return writing.transaction(() => {
    const { statements } = writing
    const rest = listSavedSearches(statements).map(({ name }) => name)
    const wanted = [...names, ...rest.filter(name => !names.some(other => other.toLowerCase() === name.toLowerCase()))]
    for (const [position, name] of wanted.entries()) {
      const moved = statements.run('UPDATE saved_searches SET position = ? WHERE name = ?', position + 1, name)
      if (moved === 0) return err(storeError('name_unknown', `there is no saved search "${name}"`))
    }
    return ok(undefined)
  })
}

function sortFrom(value: string): SavedSort {
  return value === 'oldest' || value === 'relevance' ? value : 'newest'
}
