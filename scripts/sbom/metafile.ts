import * as v from 'valibot'
import type { Metafile } from './bundle.ts'

const schema = v.object({
  outputs: v.record(v.string(), v.object({ inputs: v.record(v.string(), v.object({ bytesInOutput: v.number() })) })),
})

/** The text of a metafile as esbuild writes it; throws when it is none. */
export function parseMetafile(text: string): Metafile {
  return v.parse(schema, JSON.parse(text))
}
