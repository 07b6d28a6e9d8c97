import { type Diagnostic, error } from '../gate/diagnostic.ts'
import { field, itemsOf, parseYaml, textOf } from './document.ts'

/** Updates that are proposed the hour they appear bring a poisoned release in before anyone has noticed it. */
export function checkUpdates(text: string, file: string, daysMin: number): Diagnostic[] {
  const parsed = parseYaml(text)
  if (!parsed.ok) return [error('workflow-unparsable', parsed.error, { file })]
  return itemsOf(field(parsed.value, 'updates')).flatMap(update => {
    const days = field(update, 'cooldown', 'default-days')?.scalar
    if (typeof days === 'number' && days >= daysMin) return []
    const ecosystem = textOf(field(update, 'package-ecosystem')) ?? 'an ecosystem'
    return [
      error('cooldown-missing', `${ecosystem}: no cooldown of ${daysMin} days or more`, { file, line: update.line }),
    ]
  })
}
