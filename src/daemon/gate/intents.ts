import type { Capability, Intent } from '#gate/index.ts'
import type { Core } from '../part.ts'
import type { RequestName, RequestSpec } from '../requests/index.ts'
import { leavesOut } from './absent.ts'
import { outgoingOf } from './outgoing.ts'
import { type CheckedParams, messagesOf, scopeOf } from './scopes.ts'

/** A request in facts, from its params and the store: what the gate decides on. */
export function intentOf(
  core: Core,
  capability: Capability,
  { name, spec, params }: { readonly name: RequestName; readonly spec: RequestSpec; readonly params: CheckedParams },
): Intent {
  const messages = messagesOf(core, spec, params)
  const labels = leavesOut.has(name)
    ? []
    : core.reader.list(messages).flatMap(message => message.labels.map(label => label.name))
  const changes = name === 'plan.apply' || name === 'mail.change' || name === 'decision.undo'
  const outgoing = name === 'send.queue' ? outgoingOf(core, Number(params.send_id), params.despite) : undefined
  return {
    capability,
    scope: scopeOf(core, spec, params),
    ...(changes ? { messages: messages.length } : {}),
    ...(isUnfiltered(name, spec, params) ? { isUnfiltered: true as const } : {}),
    ...(name === 'mail.change' ? { unplanned: true } : {}),
    ...(labels.length > 0 ? { labels } : {}),
    ...(outgoing === undefined ? {} : { outgoing }),
  }
}

/** These leave hidden labels out by themselves. */
const filtered: ReadonlySet<RequestName> = new Set(['mail.search', 'mail.count', 'mail.group'])

/** Reads over a whole account: closed to whom labels are hidden, until a request says that it leaves them out. */
function isUnfiltered(name: RequestName, spec: RequestSpec, params: CheckedParams): boolean {
  if (filtered.has(name) || spec.capability === 'status') return false
  return spec.scope.some(scope => {
    if (scope.accounts === 'narrowed') return true
    if (scope.accounts !== 'referenced') return false
    if (scope.by === 'saved_search') return true
    const selection = params[scope.field]
    return scope.by === 'selection' && typeof selection === 'object' && selection !== null && 'query' in selection
  })
}
