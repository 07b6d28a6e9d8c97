import { Failure } from '#base/failure.ts'
import {
  CAPABILITIES,
  grantable,
  levelOf,
  outwardRules,
  type Profile,
  profileNamed,
  profileNames,
  STAGE_REASONS,
} from '#gate/index.ts'
import type { Run } from '../../command.ts'

export const run: Run = async ({ positionals: [name] }, session) => {
  const { agents } = await session.config()
  const names = name === undefined ? profileNames(agents) : [name]
  const profiles = names.map(each => {
    const profile = profileNamed(each, agents)
    if (profile !== undefined) return profile
    const next = 'postern gate explain'
    throw new Failure('not_found', 'profile_unknown', `there is no profile "${each}"`, { next })
  })
  if (session.output.json) session.output.data({ profiles: profiles.map(json), rules: rules() })
  else session.output.write(`${profiles.map(text).join('\n')}\n${name === undefined ? '' : rulesText()}`)
  return 'done'
}

function json(profile: Profile) {
  const { name, accounts, labelsHidden, limits } = profile
  const levels = Object.fromEntries(grantable.map(capability => [capability, levelOf(profile, capability)]))
  return { name, accounts, levels, labels_hidden: labelsHidden, limits }
}

function text(profile: Profile): string {
  const { name, accounts, labelsHidden, limits } = profile
  const by = (level: string) => grantable.filter(capability => levelOf(profile, capability) === level)
  const lines = ['allow', 'ask', 'deny'].flatMap(level =>
    by(level).map(capability => `  ${level.padEnd(6)}${capability.padEnd(14)}${CAPABILITIES[capability].says}`),
  )
  const hidden = labelsHidden.length === 0 ? [] : [`  hidden: ${labelsHidden.join(', ')}`]
  const counts = `${limits.messagesPerPlan} messages in a plan, ${limits.messagesPerHour} an hour; ${limits.sendsPerDay} sends and ${limits.newRecipientsPerDay} new recipients a day`
  return [`${name}: accounts ${accounts.join(', ')}`, ...lines, ...hidden, `  limits: ${counts}`, ''].join('\n')
}

function rules() {
  return outwardRules.map(({ reason, why }) => ({ reason, why }))
}

function rulesText(): string {
  const seen = new Set<string>()
  const lines = outwardRules.flatMap(({ reason, why }) => {
    if (seen.has(reason)) return []
    seen.add(reason)
    return [`  ${reason.padEnd(22)}${STAGE_REASONS[reason]}`, `  ${''.padEnd(22)}${why}`]
  })
  return ['What leaves the machine is held for you, whatever the profile says, when:', ...lines, ''].join('\n')
}
