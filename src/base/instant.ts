/** An instant for programs: RFC 3339 in UTC, fractions only where there are any. */
export function instant(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}
