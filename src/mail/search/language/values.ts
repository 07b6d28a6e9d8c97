import { AGE_UNITS, type AgeUnit, type Comparison, type Day } from './ast.ts'

const unitBytes: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kb: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
}
const sizeBytesMax = 2 ** 50

/** `5m`, `>=1.5mb`, `=1000`. A bare size means at least so much, as in Gmail. */
export function parseSize(text: string): { compare: Comparison; bytes: number } | undefined {
  const found = /^(>=|<=|>|<|=)?(\d{1,15}(?:\.\d{1,6})?)([kmg]?b?)$/i.exec(text)
  const scale = unitBytes[found?.[3]?.toLowerCase() ?? 'none']
  if (found?.[2] === undefined || scale === undefined) return undefined
  const bytes = Math.round(Number(found[2]) * scale)
  const sign = found[1]
  const compare = sign === '<' || sign === '<=' || sign === '=' || sign === '>' ? sign : '>='
  return bytes <= sizeBytesMax ? { compare, bytes } : undefined
}

export function printSize(bytes: number): string {
  for (const [unit, scale] of [
    ['g', 1024 ** 3],
    ['m', 1024 ** 2],
    ['k', 1024],
  ] as const) {
    if (bytes > 0 && bytes % scale === 0) return `${bytes / scale}${unit}`
  }
  return String(bytes)
}

/** `today`, `this-week`, `2026-03-01`, `2026/3/1`, `03/01/2026`, `2026-03`, `2026`, or seconds since 1970. */
export function parseDay(text: string): Day | undefined {
  const word = text.toLowerCase().replaceAll('_', '-')
  if (word === 'today' || word === 'yesterday' || word === 'this-week' || word === 'this-month') return { kind: word }
  const iso = /^(\d{4})([-/.])(\d{1,2})(?:\2(\d{1,2}))?$/.exec(text)
  if (iso !== null) return checkedDay(Number(iso[1]), Number(iso[3]), iso[4] === undefined ? undefined : Number(iso[4]))
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text)
  if (american !== null) return checkedDay(Number(american[3]), Number(american[1]), Number(american[2]))
  if (/^\d{4}$/.test(text)) return Number(text) >= yearMin ? { kind: 'year', year: Number(text) } : undefined
  if (/^\d{9,11}$/.test(text)) return { kind: 'instant', second: Number(text) }
  return undefined
}

const yearMin = 1000

function checkedDay(year: number, month: number, day: number | undefined): Day | undefined {
  if (year < yearMin || month < 1 || month > 12) return undefined
  if (day === undefined) return { kind: 'month', year, month }
  const date = new Date(Date.UTC(year, month - 1, day))
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || day < 1) return undefined
  return { kind: 'day', year, month, day }
}

export function printDay(day: Day): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const four = (value: number) => String(value).padStart(4, '0')
  switch (day.kind) {
    case 'year':
      return four(day.year)
    case 'month':
      return `${four(day.year)}-${two(day.month)}`
    case 'day':
      return `${four(day.year)}-${two(day.month)}-${two(day.day)}`
    case 'instant':
      return String(day.second).padStart(9, '0')
    default:
      return day.kind
  }
}

export function parseAge(text: string): { amount: number; unit: AgeUnit } | undefined {
  const found = /^(\d{1,6})(min|h|d|w|m|y)$/i.exec(text)
  const unit = AGE_UNITS.find(known => known === found?.[2]?.toLowerCase())
  return found === null || unit === undefined ? undefined : { amount: Number(found[1]), unit }
}
