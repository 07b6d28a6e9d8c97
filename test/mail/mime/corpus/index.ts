import { addressCases } from './addresses.ts'
import { brokenCases } from './broken.ts'
import type { Case } from './case.ts'
import { charsetCases } from './charsets.ts'
import { dateCases } from './dates.ts'
import { kindCases } from './kinds.ts'
import { nameCases } from './names.ts'
import { structureCases } from './structure.ts'
import { transferCases } from './transfer.ts'
import { wordCases } from './words.ts'

/** All messages of test/vectors/mime. `write.ts` writes their files; nothing there is written by hand. */
export const corpus: readonly Case[] = [
  ...addressCases,
  ...brokenCases,
  ...charsetCases,
  ...dateCases,
  ...kindCases,
  ...nameCases,
  ...structureCases,
  ...transferCases,
  ...wordCases,
]
