import { answerCharactersMax } from '../tool.ts'

/** The same answer with fewer items, until it fits; how many are missing is said by `truncated`. */
export function shortened<T extends Readonly<Record<string, unknown>>, Key extends keyof T & string>(
  value: T,
  key: Key,
): T & { truncated?: number } {
  const items = value[key]
  if (!Array.isArray(items)) return value
  const room = answerCharactersMax - 500
  if (JSON.stringify(value).length <= room) return value
  let count = items.length
  let used = JSON.stringify({ ...value, [key]: [] }).length
  for (const [at, item] of items.entries()) {
    used += JSON.stringify(item).length + 1
    if (used > room) {
      count = at
      break
    }
  }
  return { ...value, [key]: items.slice(0, count), truncated: items.length - count }
}
