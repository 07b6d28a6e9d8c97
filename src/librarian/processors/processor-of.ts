import { err, ok, type Result } from '#base/result.ts'
import type { Config, ProcessorSettings } from '#config/index.ts'
import type { Model } from '../models/model.ts'
import type { World } from '../models/world.ts'
import { deterministic } from './deterministic.ts'
import type { Processor } from './processor.ts'

export interface ProcessorUnknown {
  readonly code: 'processor_unknown'
  readonly message: string
}

/** The settings of the processor that is named, or chosen in the file; undefined for the rules, which need none. */
export function settingsOf(
  { librarian, processors }: Pick<Config, 'librarian' | 'processors'>,
  name: string = librarian.processor,
): Result<ProcessorSettings | undefined, ProcessorUnknown> {
  if (name === deterministic.name) return ok(undefined)
  const settings = Object.hasOwn(processors, name) ? processors[name] : undefined
  if (settings !== undefined) return ok(settings)
  return err({ code: 'processor_unknown', message: `there is no processor ${name} in your settings` })
}

/** Code for models is loaded only where there is one. */
export async function processorOf(settings: ProcessorSettings | undefined, world: World): Promise<Processor> {
  if (settings === undefined) return deterministic
  const { modelProcessor } = await import('./model-processor.ts')
  return modelProcessor(await modelOf(settings, world), world.nonce)
}

export async function modelOf(settings: ProcessorSettings, world: World): Promise<Model> {
  if (settings.type === 'command') return (await import('../models/command-model.ts')).commandModel(settings, world)
  return (await import('../models/http-model.ts')).httpModel(settings, world)
}
