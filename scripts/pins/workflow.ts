import type { Code } from '../gate/codes.ts'
import { type Diagnostic, error } from '../gate/diagnostic.ts'
import { field, fieldsOf, itemsOf, parseYaml, textOf, type Value } from './document.ts'
import { actionOf, checkStep } from './steps.ts'
import { checkUses } from './uses.ts'

/** Rules for a workflow as a whole and for its jobs; the reasons are in docs/supply-chain.md. */
export function checkWorkflow(text: string, file: string): Diagnostic[] {
  const parsed = parseYaml(text)
  if (!parsed.ok) return [error('workflow-unparsable', parsed.error, { file })]
  const workflow = parsed.value
  const triggers = triggersOf(field(workflow, 'on'))
  const jobs = fieldsOf(field(workflow, 'jobs'))
  if (triggers.size === 0 || jobs.length === 0) {
    return [error('workflow-unparsable', 'no triggers or no jobs', { file })]
  }
  const context: Context = { file, isRelease: publishes(workflow, jobs) }
  return [...checkTop(workflow, triggers, file), ...jobs.flatMap(([name, job]) => checkJob(name, job, context))]
}

/** A composite action of our own: only its steps can be wrong. */
export function checkAction(text: string, file: string): Diagnostic[] {
  const parsed = parseYaml(text)
  if (!parsed.ok) return [error('workflow-unparsable', parsed.error, { file })]
  return itemsOf(field(parsed.value, 'runs', 'steps')).flatMap(step => checkStep(step, file))
}

interface Context {
  readonly file: string
  readonly isRelease: boolean
}

function checkTop(workflow: Value, triggers: ReadonlySet<string>, file: string): Diagnostic[] {
  const findings: Diagnostic[] = []
  const permissions = field(workflow, 'permissions')
  if (permissions?.fields?.size !== 0) {
    const code = typeof permissions?.scalar === 'string' ? 'permissions-broad' : 'permissions-missing'
    findings.push(
      error(code, 'the workflow does not start from permissions: {}', { file, line: permissions?.line ?? 1 }),
    )
  }
  for (const trigger of ['pull_request_target', 'workflow_run', 'issue_comment']) {
    if (!triggers.has(trigger)) continue
    const line = field(workflow, 'on')?.line ?? 1
    findings.push(
      error('dangerous-trigger', `${trigger} runs with this repository's rights on others' input`, { file, line }),
    )
  }
  const calledOnly = triggers.size === 1 && triggers.has('workflow_call')
  if (!calledOnly && field(workflow, 'concurrency') === undefined) {
    findings.push(error('concurrency-missing', 'no concurrency group', { file, line: 1 }))
  }
  return findings
}

function checkJob(name: string, job: Value, context: Context): Diagnostic[] {
  const { file, isRelease } = context
  const finding = (code: Code, message: string, line = job.line): Diagnostic =>
    error(code, `job ${name}: ${message}`, { file, line })
  const findings = [...checkPermissions(job, finding)]
  const uses = field(job, 'uses')
  if (textOf(field(job, 'secrets')) === 'inherit')
    findings.push(finding('secrets-inherited', 'name the secrets it needs'))
  if (uses !== undefined) return [...findings, ...checkUses(uses, file)]

  if (field(job, 'timeout-minutes') === undefined) findings.push(finding('timeout-missing', 'no timeout-minutes'))
  findings.push(...checkRunner(job, finding), ...checkContainers(job, finding))
  const steps = itemsOf(field(job, 'steps'))
  const [first] = steps
  if (first === undefined || actionOf(first) !== 'step-security/harden-runner') {
    findings.push(finding('egress-unwatched', 'the first step is not step-security/harden-runner'))
  }
  for (const step of steps) {
    findings.push(...checkStep(step, file))
    if (isRelease && usesCache(step))
      findings.push(finding('cache-in-release', 'a cache can carry in what nobody reviewed', step.line))
  }
  return findings
}

type Finding = (code: Code, message: string, line?: number) => Diagnostic

function checkPermissions(job: Value, finding: Finding): Diagnostic[] {
  const permissions = field(job, 'permissions')
  if (permissions === undefined) return [finding('permissions-missing', 'names no permissions of its own')]
  if (permissions.fields === undefined) return [finding('permissions-broad', 'permissions are not named one by one')]
  const writes = mayWriteContents(job)
  if (!writes || field(job, 'uses') !== undefined || field(job, 'environment') !== undefined) return []
  return [finding('release-unprotected', 'may write contents, but waits for no protected environment')]
}

function checkRunner(job: Value, finding: Finding): Diagnostic[] {
  const runner = field(job, 'runs-on')
  const matrix = fieldsOf(field(job, 'strategy', 'matrix')).flatMap(([, values]) => flatten(values))
  const names = [...(runner === undefined ? [] : flatten(runner)), ...matrix].filter(text => text.endsWith('-latest'))
  return names.map(name => finding('runner-unpinned', `${name} changes under our feet`, runner?.line))
}

function checkContainers(job: Value, finding: Finding): Diagnostic[] {
  const container = field(job, 'container')
  const services = fieldsOf(field(job, 'services')).map(([, service]) => field(service, 'image'))
  const images = [field(container, 'image') ?? container, ...services].map(textOf)
  return images
    .filter(image => image !== undefined && !/@sha256:[0-9a-f]{64}$/.test(image))
    .map(image => finding('container-unpinned', `${image} is no digest`))
}

/** A workflow that can publish: one with a job that may write contents, packages or attestations. */
function publishes(workflow: Value, jobs: readonly [string, Value][]): boolean {
  const tags = field(workflow, 'on', 'push', 'tags') !== undefined
  return tags || triggersOf(field(workflow, 'on')).has('release') || jobs.some(([, job]) => mayPublish(job))
}

function mayPublish(job: Value): boolean {
  const kinds = ['contents', 'packages', 'attestations', 'id-token']
  return kinds.some(kind => textOf(field(job, 'permissions', kind)) === 'write')
}

function mayWriteContents(job: Value): boolean {
  return ['contents', 'packages'].some(kind => textOf(field(job, 'permissions', kind)) === 'write')
}

/** setup-node caches by itself when package.json names a package manager, unless it is told not to. */
function usesCache(step: Value): boolean {
  const action = actionOf(step)
  if (action.startsWith('actions/cache')) return true
  if (!/^actions\/setup-/.test(action)) return false
  const cache = field(step, 'with', 'cache')
  const quiet = field(step, 'with', 'package-manager-cache')?.scalar === false
  return (cache !== undefined && cache.scalar !== false && cache.scalar !== '') || !quiet
}

function triggersOf(on: Value | undefined): Set<string> {
  if (on === undefined) return new Set()
  if (typeof on.scalar === 'string') return new Set([on.scalar])
  if (on.items !== undefined) return new Set(on.items.map(item => textOf(item) ?? ''))
  return new Set(fieldsOf(on).map(([name]) => name))
}

function flatten(value: Value): string[] {
  const own = textOf(value)
  if (own !== undefined) return [own]
  return [...itemsOf(value), ...fieldsOf(value).map(([, inner]) => inner)].flatMap(flatten)
}
