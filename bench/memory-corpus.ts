/** Facts from number `from` up to `to`, the same on every run, each about a pair of its own so that all are current. */
export function* factBatches(from: number, to: number, batchSize: number): Generator<string> {
  for (let first = from; first < to; first += batchSize) {
    const last = Math.min(to, first + batchSize)
    yield Array.from({ length: last - first }, (_, index) => fact(first + index)).join('\n')
  }
}

/** A fact about subject `i / 20` and one of twenty predicates. */
export function fact(index: number): string {
  const minute = String(index % 60).padStart(2, '0')
  return (
    `(sem @person_${Math.floor(index / factsPerSubject)} trait_${index % factsPerSubject} ` +
    `"what number ${index} is said to be" :src @observation :c 0.8 :v 2024-01-15T10:${minute}:00Z)`
  )
}

export function pointQuery(index: number): string {
  return `(query :s @person_${Math.floor(index / factsPerSubject)} :p @trait_${index % factsPerSubject})`
}

const factsPerSubject = 20

/** Links of one chain: each supersedes the one before. */
export function link(index: number): string {
  return `(sem @chain state ${index} :src @observation :c 0.8 :v ${new Date(chainStart + index * 60_000).toISOString()})`
}

const chainStart = Date.UTC(2020, 0, 1)
