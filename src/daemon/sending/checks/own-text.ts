import { forwardedMark } from '#mail/compose/index.ts'

/** What the person wrote of a body: without quotes, attribution, what is forwarded, and without the signature. */
export function ownText(body: string): string {
  const lines = body.replace(/\r\n?/g, '\n').split('\n')
  const forwarded = lines.indexOf(forwardedMark)
  const before = forwarded < 0 ? lines : lines.slice(0, forwarded)
  const kept = before.filter((line, index) => !line.startsWith('>') && !isAttribution(line, before[index + 1]))
  const signature = kept.indexOf('-- ')
  return (signature < 0 ? kept : kept.slice(0, signature)).join('\n').trim()
}

function isAttribution(line: string, next: string | undefined): boolean {
  return next?.startsWith('>') === true && /wrote:\s*$/.test(line)
}
