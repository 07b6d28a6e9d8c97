/** What became of one recorded call. Only `allowed` outward and destructive calls had an effect. */
export interface Outcome {
  readonly call: string
  readonly effect: 'none' | 'outward' | 'destructive'
  /** `absent`: there was nothing to do it to. `unsupported`: Postern has no such tool, so nothing was asked. */
  readonly verdict: 'allowed' | 'staged' | 'denied' | 'absent' | 'unsupported'
  readonly why: string
  /** It was asked for without something that the recording has, as files that no tool attaches. */
  readonly isPartial?: boolean
}

export interface Played {
  readonly id: string
  readonly outcomes: readonly Outcome[]
}

export const hasEffect = ({ outcomes }: Played) =>
  outcomes.some(({ effect, verdict }) => effect !== 'none' && verdict === 'allowed')

/** Every call did what it was meant to, with nobody asked. */
export const isUnattended = ({ outcomes }: Played) =>
  outcomes.every(({ verdict, isPartial }) => verdict === 'allowed' && isPartial !== true)

export function lineOf(kind: string, played: Played, isGood: boolean): string {
  const acts = played.outcomes.filter(({ effect, verdict }) => effect !== 'none' || verdict !== 'allowed')
  const reads = played.outcomes.length - acts.length
  const count = (verdict: Outcome['verdict']) => acts.filter(each => each.verdict === verdict).length
  const others = (['absent', 'unsupported'] as const)
    .filter(each => count(each) > 0)
    .map(each => `, ${each} ${count(each)}`)
  const head = `${kind} ${played.id}: ${isGood ? 'good' : 'BAD'}; reads ${reads}; effects allowed ${count('allowed')}, staged ${count('staged')}, denied ${count('denied')}${others.join('')}`
  return [
    head,
    ...acts.map(({ call, verdict, why }) => `    ${call}: ${verdict}${why === '' ? '' : ` (${why})`}`),
  ].join('\n')
}
