/**
 * Commands that the executable runs from a small program of their own (`quick.cjs`), made of the same sources: what V8
 * has to take in before a command begins grows with the program.
 */
export const quickWords = ['search', 'count', 'labels', 'version'] as const

export function isQuick(word: string | undefined): boolean {
  return quickWords.some(quick => quick === word)
}
