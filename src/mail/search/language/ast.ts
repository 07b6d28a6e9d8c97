/**
 * A query as a tree. Normal form, which `parse` yields and `print` relies on: `and` and `or` have two members or more
 * and none of their own kind, `not` holds no `not`, words hold no blanks, quotes, brackets or bars.
 */
export type Query =
  | { readonly kind: 'all' }
  /** What could not be understood matches nothing: a mistake must not widen what a change is applied to. */
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly term: Term }
  | { readonly kind: 'field'; readonly field: Field; readonly term: Term }
  | { readonly kind: 'near'; readonly left: Term; readonly right: Term; readonly distance: number }
  | { readonly kind: 'is'; readonly state: State }
  | { readonly kind: 'in'; readonly place: Place }
  | { readonly kind: 'has'; readonly what: Possession }
  | { readonly kind: 'category'; readonly category: Category }
  | { readonly kind: 'label' | 'keyword' | 'account' | 'thread' | 'id' | 'messageId'; readonly name: string }
  | { readonly kind: 'size'; readonly compare: Comparison; readonly bytes: number }
  | { readonly kind: 'date'; readonly bound: DateBound; readonly day: Day }
  | { readonly kind: 'age'; readonly bound: AgeBound; readonly amount: number; readonly unit: AgeUnit }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Query[] }
  | { readonly kind: 'not'; readonly of: Query }

export interface Term {
  readonly text: string
  /** word; "phrase"; start*; *piece*; +exact */
  readonly form: 'word' | 'phrase' | 'prefix' | 'piece' | 'exact'
}

export const FIELDS = ['from', 'to', 'cc', 'bcc', 'deliveredto', 'subject', 'body', 'filename', 'list'] as const
export type Field = (typeof FIELDS)[number]

export const STATES = [
  'unread',
  'read',
  'starred',
  'important',
  'muted',
  'draft',
  'sent',
  'trash',
  'spam',
  'answered',
  'inbox',
  'archived',
  'reply-later',
  'owed-reply',
] as const
export type State = (typeof STATES)[number]

export const PLACES = ['inbox', 'anywhere', 'drafts', 'sent', 'trash', 'spam', 'archive', 'snoozed'] as const
export type Place = (typeof PLACES)[number]

export const STARS = [
  'yellow-star',
  'orange-star',
  'red-star',
  'purple-star',
  'blue-star',
  'green-star',
  'red-bang',
  'yellow-bang',
  'orange-guillemet',
  'green-check',
  'blue-info',
  'purple-question',
] as const

export const POSSESSIONS = [
  'attachment',
  'calendar',
  'link',
  'link-heavy',
  'no-link',
  'userlabels',
  'nouserlabels',
  'inline',
  'drive',
  'document',
  'spreadsheet',
  'presentation',
  'youtube',
  ...STARS,
] as const
export type Possession = (typeof POSSESSIONS)[number]

export const CATEGORIES = [
  'personal',
  'social',
  'promotions',
  'updates',
  'forums',
  'reservations',
  'purchases',
] as const
export type Category = (typeof CATEGORIES)[number]

export type Comparison = '<' | '<=' | '=' | '>=' | '>'
export type DateBound = 'after' | 'before' | 'on'
export type AgeBound = 'newer' | 'older'
export const AGE_UNITS = ['min', 'h', 'd', 'w', 'm', 'y'] as const
export type AgeUnit = (typeof AGE_UNITS)[number]

/** A span of local time. The relative ones stay what they are until the query runs. */
export type Day =
  | { readonly kind: 'today' | 'yesterday' | 'this-week' | 'this-month' }
  | { readonly kind: 'year'; readonly year: number }
  | { readonly kind: 'month'; readonly year: number; readonly month: number }
  | { readonly kind: 'day'; readonly year: number; readonly month: number; readonly day: number }
  | { readonly kind: 'instant'; readonly second: number }
