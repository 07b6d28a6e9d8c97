import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { rooms } from '../../scripts/arrows/rooms.ts'
import { checkArrows } from '../../scripts/arrows.ts'
import { temporaryDirectory, write } from '../fixtures/gates/tree.ts'

const root = resolve(import.meta.dirname, '../..')

/** A house with a file in each room that is imported, changed or completed by `files`. */
async function findings(files: Record<string, string>): Promise<string[]> {
  const house = temporaryDirectory()
  const standing = {
    'package.json': JSON.stringify({ dependencies: { valibot: '1.0.0' }, devDependencies: { esbuild: '1.0.0' } }),
    'src/base/stone.ts': 'export const stone = 1\n',
    'src/memory/log.ts': 'export interface Log {}\nexport const log = 1\n',
    'src/mail/box.ts': 'export interface Box {}\nexport const box = 1\n',
    'src/mcp/serve.ts': 'export const serve = 1\n',
    'scripts/tool.ts': 'export const tool = 1\n',
  }
  for (const [file, text] of Object.entries({ ...standing, ...files })) write(join(house, file), text)
  const { diagnostics } = await checkArrows(house)
  return diagnostics.map(({ code, file }) => `${code} ${file}`)
}

test('this repository keeps its arrows', async () => {
  expect((await checkArrows(root)).diagnostics).toEqual([])
})

test('arrows that run downwards are let through', async () => {
  const files = {
    'src/main.ts':
      "import { stone } from './base/stone.ts'\nexport const run = async () => [stone, await import('#mcp/serve.ts')]\n",
    'src/memory/store.ts':
      "import { stone } from '#base/stone.ts'\nimport * as v from 'valibot'\nimport { log } from './log.ts'\nexport const store = [stone, v, log]\n",
    'src/librarian/read.ts':
      "import { log } from '#memory/log.ts'\nimport type { Box } from '#mail/box.ts'\nexport const read = (box: Box) => [box, log]\n",
    'src/cli/run.ts':
      "import { readFile } from 'node:fs'\nexport const run = async () => [readFile, await import('#mcp/serve.ts')]\n",
  }
  expect(await findings(files)).toEqual([])
})

test.each([
  [
    'memory that imports mail',
    'src/memory/x.ts',
    "import { box } from '#mail/box.ts'\nexport const x = box\n",
    'arrow-forbidden',
  ],
  [
    'mail that imports memory',
    'src/mail/x.ts',
    "import { log } from '#memory/log.ts'\nexport const x = log\n",
    'arrow-forbidden',
  ],
  [
    'memory that imports a type of mail',
    'src/memory/x.ts',
    "import type { Box } from '#mail/box.ts'\nexport type X = Box\n",
    'arrow-forbidden',
  ],
  [
    'a type of mail in several lines',
    'src/memory/x.ts',
    "import type {\n  Box,\n} from '#mail/box.ts'\nexport type X = Box\n",
    'arrow-forbidden',
  ],
  ['a type of mail passed on', 'src/memory/x.ts', "export type { Box } from '#mail/box.ts'\n", 'arrow-forbidden'],
  [
    'a type of mail asked for in place',
    'src/memory/x.ts',
    "export type X = import('#mail/box.ts').Box\n",
    'arrow-forbidden',
  ],
  [
    'memory that loads mail late',
    'src/memory/x.ts',
    "export const x = () => import('#mail/box.ts')\n",
    'arrow-forbidden',
  ],
  ['memory that requires mail', 'src/memory/x.ts', "export const x = require('#mail/box.ts')\n", 'arrow-forbidden'],
  ['mail passed on by memory', 'src/memory/x.ts', "export * from '#mail/box.ts'\n", 'arrow-forbidden'],
  ['mail imported for what it does', 'src/memory/x.ts', "import '#mail/box.ts'\n", 'arrow-forbidden'],
  [
    'base that imports anything',
    'src/base/x.ts',
    "import { log } from '#memory/log.ts'\nexport const x = log\n",
    'arrow-forbidden',
  ],
  [
    'an engine that imports a face',
    'src/daemon/x.ts',
    "import { serve } from '#mcp/serve.ts'\nexport const x = serve\n",
    'arrow-forbidden',
  ],
  [
    'a librarian that runs code of mail',
    'src/librarian/x.ts',
    "import { box } from '#mail/box.ts'\nexport const x = box\n",
    'arrow-forbidden',
  ],
  [
    'a command line that loads a face at once',
    'src/cli/x.ts',
    "import { serve } from '#mcp/serve.ts'\nexport const x = serve\n",
    'arrow-forbidden',
  ],
  [
    'an entry that loads a room at once',
    'src/main.ts',
    "import { log } from './memory/log.ts'\nexport const x = log\n",
    'arrow-forbidden',
  ],
  [
    'a relative way into another room',
    'src/memory/x.ts',
    "import { stone } from '../base/stone.ts'\nexport const x = stone\n",
    'relative-across-rooms',
  ],
  [
    'an alias for the own room',
    'src/memory/x.ts',
    "import { log } from '#memory/log.ts'\nexport const x = log\n",
    'alias-inside-room',
  ],
  [
    'src that imports scripts',
    'src/memory/x.ts',
    "import { tool } from '../../scripts/tool.ts'\nexport const x = tool\n",
    'arrow-outside',
  ],
  [
    'src that imports scripts by a detour',
    'src/memory/x.ts',
    "import { tool } from '#../scripts/tool.ts'\nexport const x = tool\n",
    'arrow-outside',
  ],
  [
    'an import that leads nowhere',
    'src/memory/x.ts',
    "import { y } from './y.ts'\nexport const x = y\n",
    'import-unresolved',
  ],
  [
    'a package that does not ship',
    'src/memory/x.ts',
    "import { build } from 'esbuild'\nexport const x = build\n",
    'package-not-shipped',
  ],
  [
    'a package that nobody asked for',
    'src/memory/x.ts',
    "import { y } from '@moat/eel/deep'\nexport const x = y\n",
    'package-not-shipped',
  ],
])('%s is refused', async (_, file, text, code) => {
  expect(await findings({ [file]: text })).toEqual([`${code} ${file}`])
})

test('a directory of src that is no room is refused', async () => {
  expect(await findings({ 'src/helpers/x.ts': 'export const x = 1\n' })).toEqual(['room-unknown src/helpers'])
})

test('files that import each other in a circle are refused, once, along the shortest way', async () => {
  const files = {
    'src/memory/a.ts': "import { b } from './b.ts'\nexport const a = () => b\n",
    'src/memory/b.ts': "import { c } from './c.ts'\nimport { a } from './a.ts'\nexport const b = () => [a, c]\n",
    'src/memory/c.ts': "import { a } from './a.ts'\nexport const c = () => a\n",
  }
  expect(await findings(files)).toEqual(['import-cycle src/memory/a.ts'])
})

test('a circle of types or through a late import is none when the program runs', async () => {
  const files = {
    'src/memory/a.ts': "import { b } from './b.ts'\nexport interface A {}\nexport const a = () => b\n",
    'src/memory/b.ts':
      "import type { A } from './a.ts'\nexport const b = (x: A) => x\nexport const late = () => import('./a.ts')\n",
  }
  expect(await findings(files)).toEqual([])
})

test('an import that stands in a comment or a text is none', async () => {
  const text =
    "// import { box } from '#mail/box.ts'\n/* import type { Box } from '#mail/box.ts' */\nexport const x = \"import('#mail/box.ts')\"\n"
  expect(await findings({ 'src/memory/x.ts': text })).toEqual([])
})

test('the table itself is without circles, and memory and mail know nothing of each other', () => {
  const reach = (name: string, seen = new Set<string>()): Set<string> => {
    for (const next of rooms[name]?.any ?? []) {
      if (seen.has(next)) continue
      seen.add(next)
      reach(next, seen)
    }
    return seen
  }
  for (const name of Object.keys(rooms)) expect(reach(name)).not.toContain(name)
  expect(reach('memory')).not.toContain('mail')
  expect(reach('mail')).not.toContain('memory')
})
