import { printable, printableLine } from '#base/printable.ts'
import type { ResultOf } from '#daemon/requests/index.ts'
import { STAGE_REASONS } from '#gate/index.ts'

/** What a person decides on, in full. Every character of a stranger's is made harmless. */
export function shownText(staged: ResultOf<'approval.show'>): string {
  const { id, state, agent, profile, account, created_at, expires_at, lines, body, reasons, digest, title } = staged
  const rows = [
    ['id', id],
    ['state', state],
    ['what', title],
    ['agent', `${agent ?? 'unknown'}${profile === null ? '' : ` (${profile})`}`],
    ...(account === null ? [] : [['account', account]]),
    ['asked', created_at],
    ['expires', expires_at],
    ...lines.map(({ name, value }) => [name, value]),
  ]
  const width = Math.max(...rows.map(([name = '']) => name.length))
  const head = rows.map(([name = '', value = '']) => `${printableLine(name).padEnd(width)}  ${printableLine(value)}`)
  const why = reasons.map(reason => `  - ${reasonText(reason)}`)
  const text =
    body === null
      ? []
      : [
          '',
          ...printable(body)
            .trimEnd()
            .split('\n')
            .map(line => `  | ${line}`),
        ]
  return [...head, '', 'held because', ...why, ...text, '', `digest  ${digest}`, ''].join('\n')
}

function reasonText(reason: string): string {
  return Object.hasOwn(STAGE_REASONS, reason)
    ? (Object.entries(STAGE_REASONS).find(([name]) => name === reason)?.[1] ?? reason)
    : reason
}
