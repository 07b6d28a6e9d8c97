import type { CompletionNode, CompletionOption } from './completion-nodes.ts'

/**
 * Static scripts: pressing Tab starts no process. Every script finds the command by walking the words before the
 * cursor, then offers what that place takes; where nothing is offered, the shell's own file completion remains.
 */

export function bash(nodes: readonly CompletionNode[]): string {
  return `# bash completion for postern
_postern() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" word index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${path:+$path }\${COMP_WORDS[index]}"
    case "$word" in
      ${nodes
        .slice(1)
        .map(({ path }) => shQuote(path))
        .join(' | ')}) path="$word" ;;
    esac
  done
  local offered=""
  case "$path:$previous" in
${valueCases(nodes, (path, option, choices) => `    ${shQuote(`${path}:${option}`)}) offered=${shQuote(choices.join(' '))} ;;`)}
    *) case "$path" in
${nodes.map(node => `      ${shQuote(node.path)}) offered=${shQuote(offeredWords(node).join(' '))} ;;`).join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$offered" -- "$current"))
}
complete -o default -F _postern postern
`
}

export function zsh(nodes: readonly CompletionNode[]): string {
  const described = (word: string, summary: string) => shQuote(`${word.replaceAll(':', '\\:')}:${summary}`)
  const cases = nodes.map(node => {
    const entries = [
      ...node.words.map(({ word, summary }) => described(word, summary)),
      ...node.options.map(({ name, summary }) => described(name, summary)),
    ]
    return `      ${shQuote(node.path)}) offered=(${entries.join(' ')}) ;;`
  })
  return `#compdef postern
_postern() {
  local path_words="" word
  local -a offered
  integer index
  for ((index = 2; index < CURRENT; index++)); do
    word="\${path_words:+$path_words }\${words[index]}"
    case "$word" in
      ${nodes
        .slice(1)
        .map(({ path }) => shQuote(path))
        .join(' | ')}) path_words="$word" ;;
    esac
  done
  case "$path_words:\${words[CURRENT-1]}" in
${valueCases(nodes, (path, option, choices) => `    ${shQuote(`${path}:${option}`)}) offered=(${choices.map(shQuote).join(' ')}) ;;`)}
    *) case "$path_words" in
${cases.join('\n')}
    esac ;;
  esac
  _describe -t commands postern offered || _files
}
if [ "$funcstack[1]" = _postern ]; then _postern "$@"; else compdef _postern postern; fi
`
}

export function fish(nodes: readonly CompletionNode[]): string {
  const lines = nodes.flatMap(node => {
    const here = `-n ${shQuote(`__postern_at ${shQuote(node.path)}`)}`
    return [
      ...node.words.map(
        ({ word, summary }) => `complete -c postern -f ${here} -a ${fishQuote(word)} -d ${fishQuote(summary)}`,
      ),
      ...node.options.map(option => {
        const short = option.short === undefined ? '' : ` -s ${option.short.slice(1)}`
        const choices = option.choices.length === 0 ? '' : ` -x -a ${fishQuote(option.choices.join(' '))}`
        const value = option.takesValue && option.choices.length === 0 ? ' -r' : ''
        return `complete -c postern ${here} -l ${option.name.slice(2)}${short}${value}${choices} -d ${fishQuote(option.summary)}`
      }),
    ]
  })
  return `# fish completion for postern
function __postern_at
  set -l path ''
  for word in (commandline -opc)[2..]
    set -l longer (string trim -- "$path $word")
    if contains -- "$longer" ${nodes
      .slice(1)
      .map(({ path }) => fishQuote(path))
      .join(' ')}
      set path $longer
    end
  end
  test "$path" = "$argv[1]"
end
${lines.join('\n')}
`
}

export function powershell(nodes: readonly CompletionNode[]): string {
  const quote = (text: string) => `'${text.replaceAll("'", "''")}'`
  const entries = nodes.map(node => `    ${quote(node.path)} = @(${offeredWords(node).map(quote).join(', ')})`)
  const values = nodes.flatMap(node =>
    node.options
      .filter(hasChoices)
      .flatMap(option =>
        spellings(option).map(
          name => `    ${quote(`${node.path}:${name}`)} = @(${option.choices.map(quote).join(', ')})`,
        ),
      ),
  )
  return `# PowerShell completion for postern
Register-ArgumentCompleter -Native -CommandName postern -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $offered = @{
${entries.join('\n')}
  }
  $values = @{
${values.join('\n')}
  }
  $path = ''
  $previous = ''
  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
    if ($element.Extent.EndOffset -ge $cursorPosition) { break }
    $previous = $element.ToString()
    $longer = "$path $previous".Trim()
    if ($offered.ContainsKey($longer)) { $path = $longer }
  }
  $words = if ($values.ContainsKey("\${path}:$previous")) { $values["\${path}:$previous"] } else { $offered[$path] }
  $words | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`
}

function valueCases(
  nodes: readonly CompletionNode[],
  render: (path: string, option: string, choices: readonly string[]) => string,
): string {
  return nodes
    .flatMap(node =>
      node.options
        .filter(option => option.takesValue)
        .flatMap(option => spellings(option).map(name => render(node.path, name, option.choices))),
    )
    .join('\n')
}

function offeredWords(node: CompletionNode): string[] {
  return [...node.words.map(({ word }) => word), ...node.options.map(({ name }) => name)]
}

function spellings({ name, short }: CompletionOption): string[] {
  return short === undefined ? [name] : [name, short]
}

function hasChoices({ choices }: CompletionOption): boolean {
  return choices.length > 0
}

function shQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** Inside single quotes fish knows two escapes: of the quote and of the backslash. */
function fishQuote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
