import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { stringify } from 'smol-toml'
import { describe, expect, test } from 'vitest'
import { defaults } from '#config/defaults.ts'
import { configKeys, loadConfig, parseConfig, settingOf } from '#config/index.ts'
import { lineOf } from '#config/line-of.ts'
import { newDirectory } from '../postern.ts'

function problems(text: string) {
  const parsed = parseConfig(text)
  if (parsed.ok) throw new Error('it was accepted')
  return parsed.error
}

function fileWith(text: string | Uint8Array): string {
  const file = join(newDirectory('config'), 'config.toml')
  writeFileSync(file, text, { mode: 0o600 })
  return file
}

describe('a file that cannot be used', () => {
  test('with an unknown key is refused with its line and the nearest known key', () => {
    expect(problems('# mine\n[log]\nlevle = "info"\n')).toEqual([
      {
        code: 'unknown_key',
        line: 3,
        key: 'log.levle',
        message: 'unknown key "levle" in [log]; did you mean "level"?',
      },
    ])
  })

  test('with an unknown table is refused', () => {
    expect(problems('[lgo]\nlevel = "info"')[0]).toMatchObject({
      line: 1,
      message: 'unknown key "lgo"; did you mean "log"?',
    })
  })

  test('with a value of the wrong type is refused, saying what is right', () => {
    expect(problems('[log]\nlevel = "info"\nfiles_max = "5"')[0]).toEqual({
      code: 'invalid_value',
      line: 3,
      key: 'log.files_max',
      message: 'log.files_max must be 1 to 100, not "5"',
    })
  })

  test.each(['0', '101', '1.5', '-1'])('with a number out of range (%s) is refused', value => {
    expect(problems(`[log]\nfiles_max = ${value}`)[0]).toMatchObject({ code: 'invalid_value', line: 2 })
  })

  test('says everything that is wrong, not only the first', () => {
    expect(
      problems('[log]\nlevel = 3\nfiles_max = "x"\nnope = 1')
        .map(({ line }) => line)
        .sort(),
    ).toEqual([2, 3, 4])
  })

  test('that is not TOML is refused with the line', () => {
    expect(problems('[log]\nlevel = \n')[0]).toMatchObject({ code: 'not_toml', line: 2 })
  })

  test('that is not text is refused', () => {
    expect(() => loadConfig(fileWith(Buffer.from([0xff, 0xfe, 0x00])))).toThrow(/not UTF-8/)
  })

  test('that others can write is refused', () => {
    const file = fileWith('')
    chmodSync(file, 0o666)
    expect(() => loadConfig(file)).toThrow(/can be changed by other users/)
  })

  test('that is huge is refused', () => {
    expect(() => loadConfig(fileWith('#'.repeat(2 ** 20 + 1)))).toThrow(/larger than/)
  })

  test('ends the program: a failure that carries every problem', () => {
    expect(() => loadConfig(fileWith('log = 3'))).toThrow(
      expect.objectContaining({ exit: 'usage', code: 'config_invalid', next: 'postern config check' }),
    )
  })
})

test('without a file every setting has its default', () => {
  const config = loadConfig(join(newDirectory('config'), 'config.toml'))
  for (const { key, default: standard } of configKeys()) expect(settingOf(config, key)).toEqual(standard)
})

test('every key says what it does and of which type it is', () => {
  for (const { summary, type } of configKeys()) {
    expect(summary).toMatch(/\.$/)
    expect(type).not.toBe('')
  }
})

describe('the line of a key', () => {
  test('is found after texts over several lines that look like keys', () => {
    expect(lineOf('a = """\nb = 1\n"""\nb = 2\n', ['b'])).toBe(4)
  })

  test('is found for dotted and quoted keys', () => {
    expect(lineOf('x = 1\nlog."file size" = 2\n', ['log', 'file size'])).toBe(2)
    expect(lineOf('[a."b.c"]\nd = 1\n', ['a', 'b.c', 'd'])).toBe(2)
  })

  test('is that of the table when the key stands in an inline one', () => {
    expect(lineOf('x = 1\nlog = { level = "x" }\n', ['log', 'level'])).toBe(2)
  })

  test('is right for every key of any document that the library writes', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/)
    const scalar = fc.oneof(fc.integer(), fc.boolean(), fc.string({ unit: 'grapheme-ascii', maxLength: 20 }))
    const document = fc.dictionary(name, fc.oneof(scalar, fc.dictionary(name, scalar, { maxKeys: 5 })), { maxKeys: 5 })
    fc.assert(
      fc.property(document, value => {
        const text = stringify(value)
        for (const [key, inner] of Object.entries(value)) {
          const paths = typeof inner === 'object' ? Object.keys(inner).map(leaf => [key, leaf]) : [[key]]
          for (const path of paths)
            expect(text.split('\n')[lineOf(text, path) - 1]).toMatch(new RegExp(`^${path.at(-1)} =`))
        }
      }),
    )
  })

  test('is looked for in linear time on hostile lines', () => {
    expect(lineOf(`${'a'.repeat(50_000)}\n${'a '.repeat(25_000)}\n${'"'.repeat(50_000)}`, ['x'])).toBe(1)
  })
})

test('what stands for an empty file, without the schema, is what the schema makes of it', () => {
  expect(parseConfig('')).toEqual({ ok: true, value: defaults })
})
