import type { Processor } from '../run.ts'
import { candidatesOf } from './candidates.ts'

/** The default: rules alone, no model, the same answer each time. */
export const deterministic: Processor = { name: 'deterministic', propose: candidatesOf }
