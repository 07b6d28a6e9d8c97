import type { Dice } from '../dice.ts'

/** Lists for the `{names}` in a template. */
export type Lists = Readonly<Record<string, readonly string[]>>

/** Puts something into every `{slot}`; `{number}`, `{money}`, `{drawing}`, `{day}` and `{time}` are made up. */
export function fill(template: string, lists: Lists, dice: Dice): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const made = makers[name]?.(dice)
    if (made !== undefined) return made
    const list = lists[name]
    return list === undefined ? whole : fill(dice.pick(list), lists, dice)
  })
}

const makers: Readonly<Record<string, (dice: Dice) => string>> = {
  number: dice => String(dice.between(2, 48)),
  percent: dice => `${dice.between(2, 40)} %`,
  money: dice => `€ ${dice.between(2, 84)},${dice.digits(3)}`,
  drawing: dice => `${dice.pick(['A', 'S', 'D', 'L', 'E'])}-${dice.between(101, 499)}.${dice.between(1, 9)}`,
  code: dice => `${dice.pick(['KX', 'RB', 'TL', 'MN', 'PZ'])}${dice.digits(5)}`,
  time: dice => `${dice.between(8, 17)}:${dice.pick(['00', '15', '30', '45'])}`,
  phone: dice => `+49 421 ${dice.digits(3)} ${dice.digits(4)}`,
  year: dice => String(dice.between(1958, 2022)),
}

/** `one|two|three` and line breaks are both ends of an entry. */
export function entries(text: string): readonly string[] {
  return text
    .split(/[|\n]/)
    .map(each => each.trim())
    .filter(each => each !== '')
}

/** Lines that are no longer than a mail program makes them; scripts without blanks are broken anywhere. */
export function wrapped(text: string, columns: number): string {
  return text
    .split('\n')
    .map(line => wrapLine(line, columns))
    .join('\n')
}

function wrapLine(line: string, columns: number): string {
  if (line.length <= columns || line.startsWith('>')) return line
  const lines: string[] = []
  let current = ''
  for (const word of line.split(' ')) {
    if (current !== '' && current.length + word.length + 1 > columns) {
      lines.push(current)
      current = word
    } else current = current === '' ? word : `${current} ${word}`
  }
  return [...lines, current].join('\n')
}
