import { printableLine } from '#base/printable.ts'
import { systemFiles } from '#memory/canonical/files.ts'
import { planRepair, type RepairPlan, repairLog } from '#memory/repair.ts'
import { sealKeysOf } from '#memory/seal-key.ts'
import { findings } from '#memory/verify.ts'
import type { Run } from '../../command.ts'
import type { Output } from '../../session.ts'
import { logPathOf } from './open-log.ts'
import { storeFailure } from './refusal.ts'

export const run: Run = async ({ options }, { output, ...session }) => {
  const path = logPathOf(options, { output, ...session })
  if (systemFiles.kind(path) === undefined) throw storeFailure({ code: 'Log', inner: { code: 'Missing' } }, path)
  const now = session.clock.now()
  const keys = sealKeysOf(path)
  if (!options.flag('yes')) {
    const plan = planRepair(path, { now, keys })
    if (!plan.ok) throw storeFailure(plan.error, path)
    if (output.json) output.data({ ...planJson(plan.value), done: false, copies: [] })
    else tell(plan.value, undefined, output)
    return 'done'
  }
  const repaired = repairLog(path, { now, keys })
  if (!repaired.ok) throw storeFailure(repaired.error, path)
  const { copies, isNeeded } = repaired.value
  if (output.json) output.data({ ...planJson(repaired.value), done: isNeeded, copies })
  else tell(repaired.value, copies, output)
  return 'done'
}

/** @param copies undefined when nothing was done */
function tell(plan: RepairPlan, copies: readonly string[] | undefined, output: Output): void {
  if (!plan.isNeeded) {
    output.write('nothing is damaged\n')
    return
  }
  for (const finding of findings(plan.found)) output.write(`${printableLine(finding)}\n`)
  const lost = copies === undefined ? 'would be lost' : 'lost'
  output.write(
    `kept: ${plan.found.checkpoints} batches up to offset ${plan.keptBytes}; ${lost}: ${plan.lostBytes} bytes\n`,
  )
  if (plan.sealIsRemade) {
    output.write(
      `the seal ${copies === undefined ? 'would be' : 'was'} made anew: it vouches for nothing from before\n`,
    )
  }
  for (const copy of copies ?? []) output.write(`as it was: ${copy}\n`)
  if (copies === undefined) output.talk('do it: add --yes')
}

function planJson(plan: RepairPlan): Record<string, unknown> {
  return {
    needed: plan.isNeeded,
    findings: findings(plan.found),
    kept_bytes: plan.keptBytes,
    lost_bytes: plan.lostBytes,
    seal_remade: plan.sealIsRemade,
  }
}
