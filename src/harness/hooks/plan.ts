import { parse, TomlError } from 'smol-toml'
import { Failure } from '#base/failure.ts'
import { type Place, pathOf, readPlace, removeEmptyDirectory, removePlace, writePlace } from './files.ts'
import { hasHook, withHook, withoutHook } from './hook-text.ts'
import { type HookedAgent, skillName, skillText } from './hooked-agents.ts'

/** A file as it is and as it is to be; `after` undefined: it is to be gone. */
export interface Step {
  readonly place: Place
  readonly before: string | undefined
  readonly after: string | undefined
}

export interface State {
  readonly hook: 'installed' | 'missing'
  readonly skill: 'installed' | 'outdated' | 'missing' | 'foreign'
}

export function stateOf(agent: HookedAgent, base: string): State {
  const hooks = readPlace({ base, path: agent.hooks })
  const skill = readPlace({ base, path: agent.skill })
  return {
    hook: hooks !== undefined && hasHook(hooks) ? 'installed' : 'missing',
    skill: skillStateOf(skill),
  }
}

/** What installing changes; nothing at all is planned when any part of it is refused. */
export function planInstall(agent: HookedAgent, base: string): readonly Step[] {
  checkFeatures(agent, base)
  const hooks = { base, path: agent.hooks }
  const skill = { base, path: agent.skill }
  const before = { hooks: readPlace(hooks), skill: readPlace(skill) }
  const after = withHook(before.hooks)
  if (!after.ok) throw malformed(hooks, after.error.message)
  if (skillStateOf(before.skill) === 'foreign') {
    throw new Failure(
      'refused',
      'skill_foreign',
      `${pathOf(skill)} is not ours: it has another name than ${skillName}`,
      {
        next: `move it away, then postern hooks install ${agent.name}`,
      },
    )
  }
  return changed([
    { place: hooks, before: before.hooks, after: after.value },
    { place: skill, before: before.skill, after: skillText },
  ])
}

/** What removing changes: our part of each file, and a file only where nothing else was ever in it. */
export function planRemove(agent: HookedAgent, base: string): readonly Step[] {
  const hooks = { base, path: agent.hooks }
  const skill = { base, path: agent.skill }
  const before = { hooks: readPlace(hooks), skill: readPlace(skill) }
  const steps: Step[] = []
  if (before.hooks !== undefined) {
    const after = withoutHook(before.hooks)
    if (!after.ok) throw malformed(hooks, after.error.message)
    const isOnlyOurs = after.value !== before.hooks && /^\s*\{\s*\}\s*$/.test(after.value)
    const keeps = isOnlyOurs && readPlace(backupOf(hooks)) === undefined
    steps.push({ place: hooks, before: before.hooks, after: keeps ? undefined : after.value })
  }
  const state = skillStateOf(before.skill)
  if (state === 'installed' || state === 'outdated')
    steps.push({ place: skill, before: before.skill, after: undefined })
  return changed(steps)
}

/** Carries a plan out. A file that was there keeps its old text beside it until that is what it says again. */
export function carryOut(steps: readonly Step[]): void {
  for (const { place, before } of steps) {
    if (readPlace(place) !== before) {
      throw new Failure('try_later', 'hooks_changed', `${pathOf(place)} was changed meanwhile`, {
        next: 'run the same command again',
      })
    }
  }
  for (const { place, before, after } of steps) {
    const backup = backupOf(place)
    if (after === undefined) {
      removePlace(place)
      if (place.path.at(-1) === 'SKILL.md') removeEmptyDirectory(place)
    } else {
      if (before !== undefined && readPlace(backup) === undefined) writePlace(backup, before)
      writePlace(place, after)
    }
    if (after === readPlace(backup)) removePlace(backup)
  }
}

export function backupOf({ base, path }: Place): Place {
  return { base, path: [...path.slice(0, -1), `${path.at(-1) ?? ''}.postern-backup`] }
}

function changed(steps: readonly Step[]): readonly Step[] {
  return steps.filter(({ before, after }) => before !== after)
}

function skillStateOf(text: string | undefined): State['skill'] {
  if (text === undefined) return 'missing'
  if (text === skillText) return 'installed'
  return /^---\r?\n(?:[^\n]*\n)*?name: postern-memory\r?\n/.test(text.slice(0, 2_000)) ? 'outdated' : 'foreign'
}

/** A hook that the agent is told not to run would be silently without effect. */
function checkFeatures({ features, name }: HookedAgent, base: string): void {
  if (features === undefined) return
  const place = { base, path: features.file }
  const text = readPlace(place)
  if (text === undefined) return
  const table = featuresIn(text, place)
  const off = features.names.find(feature => table[feature] === false)
  if (off === undefined) return
  throw new Failure('refused', 'hooks_off', `${pathOf(place)} turns hooks off: features.${off} = false`, {
    next: `turn it on there, then postern hooks install ${name}`,
  })
}

function featuresIn(text: string, place: Place): Readonly<Record<string, unknown>> {
  try {
    const { features } = parse(text)
    return typeof features === 'object' && features !== null && !Array.isArray(features) ? { ...features } : {}
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    throw malformed(place, `line ${error.line} is no TOML`)
  }
}

function malformed(place: Place, why: string): Failure {
  return new Failure('refused', 'hooks_malformed', `${pathOf(place)} is left as it is: ${why}`, {
    next: 'mend the file, then run the same command again',
  })
}
