import { type Diagnostic, error } from '../gate/diagnostic.ts'
import { directDependencies, type Tree } from './tree.ts'

const linePattern = /^\|\s*`([^`]+)`\s*\|(.*)$/

/**
 * Each direct dependency has its line, with a reason, in a table of docs/dependencies.md: whoever adds
 * one has to say what it is for, and whoever reviews it can hold it against that.
 */
export function checkDocumented(tree: Tree, text: string | undefined): Diagnostic[] {
  const { file } = tree.policy.documentation
  const documented = documentedNames(text ?? '')
  const direct = new Set(directDependencies(tree.manifest).map(([name]) => name))
  const missing = [...direct].filter(name => !documented.has(name))
  const surplus = [...documented].filter(name => !direct.has(name))
  return [
    ...missing.map(name =>
      error('undocumented-dependency', `no line with a reason in ${file}`, {
        package: name,
        cameInBy: [tree.manifest.name, name],
        file,
      }),
    ),
    ...surplus.map(name => error('documented-but-absent', 'is no direct dependency', { package: name, file })),
  ]
}

/** The names in the first column of the tables, where the row gives a reason as well. */
function documentedNames(text: string): Set<string> {
  const names = new Set<string>()
  for (const line of text.split('\n')) {
    const [, name, rest] = linePattern.exec(line) ?? []
    if (name !== undefined && /\p{L}{3}/u.test(rest ?? '')) names.add(name)
  }
  return names
}
