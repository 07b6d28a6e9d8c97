import type { Code } from '../gate/codes.ts'
import { type Diagnostic, error } from '../gate/diagnostic.ts'
import { field, fieldsOf, textOf, type Value } from './document.ts'
import { checkUses } from './uses.ts'

/** Rules for one step, of a workflow or of an action of our own. */
export function checkStep(step: Value, file: string): Diagnostic[] {
  const uses = field(step, 'uses')
  const run = field(step, 'run')
  return [
    ...(uses === undefined ? [] : [...checkUses(uses, file), ...checkCheckout(step, uses, file)]),
    ...(run === undefined ? [] : checkScript(run, file)),
    ...scriptsIn(step).flatMap(script => checkExpressions(script, file)),
  ]
}

export function actionOf(step: Value): string {
  return (textOf(field(step, 'uses')) ?? '').replace(/@.*$/, '')
}

/** The token that checkout leaves in .git/config can be read by every later step. */
function checkCheckout(step: Value, uses: Value, file: string): Diagnostic[] {
  if (actionOf(step) !== 'actions/checkout') return []
  if (field(step, 'with', 'persist-credentials')?.scalar === false) return []
  return [error('credentials-persisted', 'checkout without persist-credentials: false', { file, line: uses.line })]
}

function checkScript(run: Value, file: string): Diagnostic[] {
  const script = textOf(run) ?? ''
  const finding = (code: Code, message: string): Diagnostic => error(code, message, { file, line: run.line })
  const findings = checkExpressions(run, file)
  const fetches = /\b(?:curl|wget|Invoke-WebRequest|iwr)\b/i.test(script)
  if (fetches && !/\bsha256sum\s+(?:-c|--check)\b|\bshasum\s+-a\s*256\s+-c\b/.test(script)) {
    findings.push(finding('unsafe-download', 'fetches something and does not check its SHA-256 in the same step'))
  }
  if (/\b(?:npx|npm exec)\b(?!\s+--no(?:-install)?\b)/.test(script)) {
    findings.push(finding('unsafe-download', 'npx may fetch and run what no lockfile pins; add --no'))
  }
  if (/\bnpm\s+(?:install|i|add|update|up)\b/.test(script)) {
    findings.push(finding('unsafe-download', 'npm ci installs what the lockfile says; this does not'))
  }
  if (/\b(?:pip3?|pipx|gem|cargo|go|brew|choco)\s+install\b/.test(script)) {
    findings.push(finding('unsafe-download', 'installs something without a digest'))
  }
  return findings
}

/**
 * An expression is replaced in the text of a script before a shell reads it, so whoever chooses a branch
 * name or a title can write shell. Through `env:` it stays a value. No expression is let through,
 * not even a harmless one: telling them apart is what goes wrong.
 */
function checkExpressions(script: Value, file: string): Diagnostic[] {
  const [expression] = /\$\{\{.*?\}\}/s.exec(textOf(script) ?? '') ?? []
  if (expression === undefined) return []
  const what = `${expression} is pasted into a script; pass it through env:`
  return [error('untrusted-expression', what, { file, line: script.line })]
}

/** Inputs of actions that are scripts themselves. */
function scriptsIn(step: Value): Value[] {
  return fieldsOf(field(step, 'with'))
    .filter(([name]) => name === 'script')
    .map(([, value]) => value)
}
