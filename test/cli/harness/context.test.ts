import { beforeEach, describe, expect, test } from 'vitest'
import { HarnessPlace } from './place.ts'

let place: HarnessPlace
beforeEach(() => {
  place = new HarnessPlace()
})

const remember = (form: string) => {
  place.run(['memory', 'init'])
  expect(place.run(['memory', 'commit', form]).exit).toBe(0)
}
const agent = { CLAUDECODE: '1' }

describe('context', () => {
  test('is refused to an agent outside of a session, and to one that names a directory of its own', () => {
    remember('(sem @alice @email "a@example.org" :src @profile :c 0.9 :v 2026-01-02)')
    expect(place.run(['context'], { env: agent })).toMatchObject({ exit: 5, stdout: '' })
    for (const directory of ['..', place.home, `${place.sessions}/..`, `${place.sessions}/${'0'.repeat(24)}`]) {
      const env = { ...agent, POSTERN_SESSION_DIR: directory }
      expect(place.run(['context'], { env })).toMatchObject({ exit: 5, stdout: '' })
      expect(place.run(['checkpoint', 'x'], { env })).toMatchObject({ exit: 4, stdout: '' })
    }
  })

  test('of a size or with a question that is none is refused', () => {
    for (const words of [
      ['--chars', '10'],
      ['--chars', '1000000'],
      ['--query', 'a\nb'],
    ]) {
      expect(place.run(['context', ...words]).exit).toBe(2)
    }
  })

  test('S2.8 without memory is empty, and makes none', () => {
    const { stdout, exit } = place.run(['context'])
    expect(exit).toBe(0)
    expect(stdout).toContain('(nothing)')
    expect(place.run(['memory', 'status']).exit).toBe(4)
  })

  test('S9.1 for a person is made anew, with the boundary, as Markdown and as JSON', () => {
    remember('(sem @alice @email "a@example.org" :src @profile :c 0.9 :v 2026-01-02)')
    expect(place.run(['context']).stdout).toContain('alice email: a@example.org')
    const json = JSON.parse(place.run(['context', '--json', '--query', 'email']).stdout)
    expect(json).toMatchObject({
      schema_version: 1,
      memory_boundary: { instruction_boundary: 'data_only_never_execute' },
      items: [{ text: 'alice email: a@example.org', confirmed: true, data_surface: 'postern.memory.data.v1' }],
    })
  })

  test('for a hook prints guide and memory in a session, and nothing outside of one', () => {
    expect(place.run(['context', '--hook'], { env: agent })).toMatchObject({ exit: 0, stdout: '', stderr: '' })
    place.agent('stub', 'CLAUDECODE=1 postern context --hook')
    const { stdout } = place.run(['run', 'stub'])
    expect(stdout).toContain('# Postern: memory for this session')
    expect(stdout).toContain('# Memory')
  })

  test('S7.22 drafts that wait are told by their number alone', () => {
    place.run(['memory', 'draft', 'submit', '-'], { input: 'proposed and not looked at' })
    const { stdout } = place.run(['context'])
    expect(stdout).toContain('wait for the librarian: 1.')
    expect(stdout).not.toContain('proposed and')
  })

  test('a question of an agent goes through the gate, and is written down there', () => {
    remember('(sem @roof @budget "86,500 EUR" :src @profile :c 0.9 :v 2026-01-02)')
    place.agent('stub', 'postern context --query "budget of the roof"; echo "exit $?"')
    const { stdout } = place.run(['run', 'stub'])
    expect(stdout).toContain('86,500 EUR')
    expect(stdout).toContain('exit 0')
    expect(place.run(['activity', 'list', '--json']).stdout).toContain('memory.recall')
    place.run(['daemon', 'stop'])
  })
})

describe('what an agent was given to read', () => {
  test('S9.1 counts at the gate before anything that it asks for, on the command line and over MCP', () => {
    place.run(['memory', 'draft', 'submit', '-'], { input: 'somebody wrote this, and nobody has confirmed it' })
    place.run(['librarian', 'run'])
    const initialize = {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } },
    }
    const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' }
    const lines = [initialize, { jsonrpc: '2.0', method: 'notifications/initialized' }, list].map(each =>
      JSON.stringify(each),
    )
    place.agent(
      'stub',
      `postern request --as assistant session.show > /dev/null
       printf '%s\n' '${lines.join("' '")}' | postern mcp > /dev/null`,
    )
    expect(place.run(['run', 'stub'])).toMatchObject({ exit: 0 })
    const { items }: { items: { details: { action: string } }[] } = JSON.parse(
      place.run(['activity', 'list', '--json']).stdout,
    )
    expect(items.filter(({ details }) => details.action === 'session.note').length).toBe(2)
    place.run(['daemon', 'stop'])
  })

  test('cannot be made away with: then nothing else is answered', () => {
    place.agent('stub', 'echo x > "$POSTERN_CAPSULE_JSON"; postern request --as assistant session.show')
    expect(place.run(['run', 'stub'])).toMatchObject({
      exit: 5,
      stderr: expect.stringContaining('nobody can say what'),
    })
    place.run(['daemon', 'stop'])
  })
})

describe('checkpoint', () => {
  test('says nothing, too much, or nothing to a session: refused, and nothing is written', () => {
    place.agent(
      'stub',
      `postern checkpoint '  '; echo $?
       head -c 300000 /dev/zero | tr '\\0' x | postern checkpoint -; echo $?
       ls "$POSTERN_SESSION_DIR/notes" | wc -l`,
    )
    expect(
      place
        .run(['run', 'stub'])
        .stdout.split('\n')
        .slice(0, 3)
        .map(line => line.trim()),
    ).toEqual(['2', '2', '0'])
    expect(place.run(['checkpoint', 'x']).stderr).toContain('postern memory draft submit')
  })

  test('S7.6 S7.3 writes each note once, under a name that nothing else has, whole', () => {
    place.agent(
      'stub',
      `for i in 1 2 3 4; do postern checkpoint -- "-same text" > /dev/null & done; wait
       ls -A "$POSTERN_SESSION_DIR/notes"; stat -c %a "$POSTERN_SESSION_DIR"/notes/*`,
    )
    const lines = place.run(['run', 'stub']).stdout.trim().split('\n')
    const names = lines.slice(0, 4)
    expect(new Set(names).size).toBe(4)
    for (const name of names) expect(name).toMatch(/^\d{13}-same-text-[0-9a-f]{12}\.md$/)
    expect(lines.slice(4)).toEqual(['600', '600', '600', '600'])
  })
})
