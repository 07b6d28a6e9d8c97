import * as v from 'valibot'
import type { Capability } from '#gate/index.ts'
import type { Core } from '../part.ts'
import { change } from '../requests/change.ts'
import { capabilityOfChange, type RequestSpec } from '../requests/index.ts'
import type { CheckedParams } from './scopes.ts'

/**
 * What a request needs: one capability, or those of everything that it would change. Where it cannot be told (a plan
 * that is gone), all of which it might need are needed.
 */
export function capabilitiesOf(core: Core, { capability }: RequestSpec, params: CheckedParams): readonly Capability[] {
  if (typeof capability === 'string') return [capability]
  const changes = changesOf(core, capability.of, params[capability.field])
  const needed = changes?.map(capabilityOfChange) ?? capability.among
  return [...new Set<Capability>(needed)]
}

const list = v.array(change)

export function changesOf(core: Core, of: 'change' | 'plan' | 'decision' | 'outbox', value: unknown) {
  const json = of === 'change' ? value : storedChanges(core, of, value)
  const read = v.safeParse(list, typeof json === 'string' ? parsed(json) : json)
  return read.success && read.output.length > 0 ? read.output : undefined
}

function storedChanges({ reader }: Core, of: 'plan' | 'decision' | 'outbox', value: unknown): unknown {
  const { statements } = reader
  if (of === 'plan') return statements.one('SELECT changes FROM plans WHERE id = ?', String(value))?.[0]
  if (value === undefined) return statements.one('SELECT changes FROM decisions ORDER BY id DESC LIMIT 1')?.[0]
  return statements.one('SELECT changes FROM decisions WHERE id = ?', Number(value))?.[0]
}

/** Changes are kept as the outbox writes them, which names instants by numbers; what does not read back is not known. */
function parsed(json: string): unknown {
  const value: unknown = JSON.parse(json)
  if (!Array.isArray(value)) return value
  return value.map(each =>
    typeof each === 'object' && each !== null && 'until' in each && typeof each.until === 'number'
      ? { ...each, until: new Date(each.until).toISOString() }
      : each,
  )
}
