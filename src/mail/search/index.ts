/**
 * Search: from what a person types to the messages they mean.
 *
 * `language/` reads the text and knows nothing of mail; `run/` gives it a meaning in one store at one moment and asks
 * SQLite. Every condition is part of the question, none is applied to the answer, so that a page is full, a count
 * counts, and an account that a caller may not see does not show even as a number.
 */
export * from './language/index.ts'
export type { Sort } from './run/cursor.ts'
export type { Group, GroupBy } from './run/groups.ts'
export type { PlanOptions } from './run/plan.ts'
export {
  type Count,
  count,
  countMax,
  type Explanation,
  explain,
  group,
  type IdPage,
  type MessagePage,
  pageSizeMax,
  type SearchError,
  type SearchOptions,
  search,
  searchIds,
} from './search.ts'
