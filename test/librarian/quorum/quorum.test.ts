import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { inProcess } from '../../cli/memory/in-process.ts'
import { newDirectory } from '../../postern.ts'

const participant = resolve(import.meta.dirname, 'participant.ts')
const main = resolve(import.meta.dirname, '../../../src/main.ts')

/** A person with models that agree, disagree, abstain and worse. */
class Person {
  readonly home = newDirectory('home')
  readonly directory = newDirectory('quorum')

  constructor() {
    const hows = ['agree', 'disagree', 'abstain', 'unsafe', 'reject', 'needs_evidence', 'prose', 'fail']
    const tables = hows.flatMap(how =>
      ['ada', 'bea', 'cyd'].map(name => {
        const words = [process.execPath, participant, name, this.directory, how]
        return `[librarian.processors.${name}-${how}]\ncommand = ${JSON.stringify(words)}\nmodel = "stub-${name}"\n`
      }),
    )
    mkdirSync(join(this.home, '.config/postern'), { recursive: true, mode: 0o700 })
    writeFileSync(join(this.home, '.config/postern/config.toml'), tables.join('\n'), { mode: 0o600 })
  }

  spec(hows: readonly string[], more: object = {}): string {
    const participants = ['ada', 'bea', 'cyd'].map((id, at) => ({
      id,
      processor: `${id}-${hows[at] ?? 'agree'}`,
      persona: `the voice of ${id}`,
    }))
    const file = join(this.directory, 'spec.json')
    writeFileSync(file, JSON.stringify({ question: 'What shall we plant?', participants, ...more }))
    return file
  }

  run(...words: string[]) {
    return inProcess(['memory', 'quorum', ...words, '--log', join(this.directory, 'canonical.log')], {
      home: this.home,
    })
  }

  async result(...words: string[]) {
    const { stdout, stderr } = await this.run(...words, '--json')
    if (stdout === '') throw new Error(stderr)
    return JSON.parse(stdout)
  }

  shown(): readonly { name: string; step: string; shown: string[] }[] {
    const lines = readFileSync(join(this.directory, 'shown.jsonl'), 'utf8').trim().split('\n')
    return lines.map(line => JSON.parse(line))
  }

  /** Every file of the record with its content; the time of the request aside. */
  record(): Readonly<Record<string, string>> {
    const root = join(this.directory, 'quorum')
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.json'))
    return Object.fromEntries(
      files.sort().map(name => [name, readFileSync(join(root, name), 'utf8').replace(/"requested_at": ".*"/, '')]),
    )
  }

  drafts(): readonly string[] {
    const pending = join(this.directory, 'drafts/pending')
    return existsSync(pending) ? readdirSync(pending).sort() : []
  }
}

let person: Person
beforeEach(() => {
  person = new Person()
})

describe('a quorum', () => {
  test('answers, criticises, revises, puts together and votes; what it found waits for the librarian', async () => {
    const result = await person.result('run', person.spec(['agree', 'agree', 'agree']))
    expect(result).toMatchObject({
      decision: 'recommend',
      level: 'unanimous',
      confidence: 0.7,
      recommendation: 'Plant moss.',
      distinct_processors: 3,
      dissent: [{ participant: null, text: 'It is slow.' }],
      participants: [{ id: 'ada', models: ['stub-ada'] }, { id: 'bea' }, { id: 'cyd' }],
    })
    // The same text twice is one draft.
    expect(result.drafts).toHaveLength(3)
    expect(person.drafts()).toEqual(result.drafts.map((id: string) => `${id}.json`).sort())
    expect(existsSync(join(person.directory, 'canonical.log'))).toBe(false)
    expect(person.shown()).toHaveLength(3 * 3 + 1 + 3)
  })

  test('shows nobody what another says in the same round, and everything of the rounds before', async () => {
    await person.run('run', person.spec([], { evidence: 'The roof is flat.' }))
    const seen = (name: string, step: string) =>
      person.shown().find(each => each.name === name && each.step === step)?.shown
    const all = (round: string) => ['ada', 'bea', 'cyd'].map(name => `${round} of ${name}`)
    const always = ['question', 'evidence']
    for (const name of ['ada', 'bea', 'cyd']) {
      expect(seen(name, 'independent')).toEqual(always)
      expect(seen(name, 'critique')).toEqual([...always, ...all('independent')])
      expect(seen(name, 'revision')).toEqual([...always, ...all('independent'), ...all('critique')])
      expect(seen(name, 'vote')?.at(-1)).toBe('recommendation')
    }
  })

  test('keeps dissent, and is called by the votes that were cast, not by what the synthesis says', async () => {
    const result = await person.result('run', person.spec(['agree', 'disagree', 'agree']))
    expect(result).toMatchObject({ decision: 'recommend', level: 'strong_majority' })
    expect(result.dissent).toContainEqual({ participant: 'bea', text: 'bea has a reason.' })
    const text = (await person.run('show', result.id.slice(0, 8))).stdout
    expect(text).toContain('bea: disagree (0.7)')
    expect(text).toContain('dissent of bea:\n  | bea has a reason.')
  })

  test.each([
    [['agree', 'disagree', 'disagree'], { decision: 'split', level: 'contested' }],
    [['abstain', 'abstain', 'agree'], { decision: 'split', level: 'abstained' }],
    [['unsafe', 'agree', 'agree'], { decision: 'unsafe', level: 'unanimous' }],
    [['reject', 'agree', 'agree'], { decision: 'reject' }],
    [['needs_evidence', 'agree', 'agree'], { decision: 'needs_evidence' }],
  ])('S7.32: that ends as %j proposes nothing', async (hows, expected) => {
    const result = await person.result('run', person.spec(hows, { rounds: 1 }))
    expect(result).toMatchObject({ ...expected, drafts: [] })
    expect(person.drafts()).toEqual([])
  })

  test('S7.34: of one program that plays several is told so', async () => {
    const file = person.spec([])
    const spec = JSON.parse(readFileSync(file, 'utf8'))
    for (const each of spec.participants) each.processor = 'ada-agree'
    writeFileSync(file, JSON.stringify({ ...spec, rounds: 1 }))
    const ran = await person.run('run', file)
    expect(ran.stderr).toContain('3 participants are 1 of your processors')
  })

  test('what it proposes is bounded as any draft: it can retire nothing and is no surer than a quorum may be', async () => {
    await person.run('run', person.spec([], { rounds: 1 }))
    const log = ['--log', join(person.directory, 'canonical.log')]
    const ran = await inProcess(['librarian', 'run', ...log], { home: person.home })
    expect(ran.stdout).toContain('3 drafts: 3 accepted')
    const { stdout } = await inProcess(['memory', 'query', '(query :s @roof)', ...log], { home: person.home })
    expect(stdout).toContain('@plant "moss" :src @pending_verification :c 0.6')
  })
})

describe('the record of a quorum', () => {
  test('S7.33: is never written over: begun before, it is refused, and resumed when it has ended it is the same', async () => {
    const file = person.spec([], { rounds: 1 })
    const first = await person.result('run', file)
    const before = person.record()
    const again = await person.run('run', file)
    expect(again.exit).toBe(5)
    expect(again.stderr).toContain('quorum run --resume')
    expect(await person.result('run', '--resume', file)).toEqual(first)
    expect(person.record()).toEqual(before)
  })

  test.each(['independent', 'critique', 'revision', 'synthesis', 'vote'])(
    'killed at its %s and resumed, it is what it would have been',
    async step => {
      const other = new Person()
      await other.run('run', other.spec(['agree', 'disagree', 'agree']))
      const file = person.spec(['agree', 'disagree', 'agree'])
      const hold = join(person.directory, `hold-${step}`)
      writeFileSync(hold, '')
      const log = join(person.directory, 'canonical.log')
      const child = spawn(process.execPath, [main, 'memory', 'quorum', 'run', file, '--log', log], {
        // Not in a project: a program that lies in one is no model.
        cwd: person.directory,
        env: { PATH: process.env.PATH ?? '', HOME: person.home },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      let said = ''
      child.stderr.on('data', chunk => {
        said += String(chunk)
      })
      const shown = join(person.directory, 'shown.jsonl')
      while (!existsSync(shown) || !person.shown().some(each => each.step === step)) {
        if (child.exitCode !== null) throw new Error(said)
        await sleep(20)
      }
      child.kill('SIGKILL')
      await once(child, 'exit')
      rmSync(hold)
      const { id } = await person.result('run', '--resume', file)
      // The ids of episodes follow from the question: the two records compare file by file.
      expect(person.record()).toEqual(other.record())
      expect(Object.keys(person.record())).toContain(join(id, 'result.json'))
      expect(person.drafts()).toEqual(other.drafts())
    },
    30_000,
  )

  test('S7.32: of a participant that fails is not ended; the others are not asked again', async () => {
    const file = person.spec(['agree', 'fail', 'agree'])
    const failed = await person.run('run', file)
    expect(failed.exit).toBe(75)
    expect(failed.stderr).toContain('bea gave no critique (model_exit)')
    expect((await person.run('show')).stdout).toContain('not ended')
    const before = person.shown().length
    expect((await person.run('run', '--resume', file)).exit).toBe(75)
    expect(person.shown().slice(before)).toMatchObject([{ name: 'bea', step: 'critique' }])
  })

  test('a synthesis that is none is asked for three times, then the quorum waits', async () => {
    const ran = await person.run('run', person.spec(['prose'], { rounds: 1 }))
    expect(ran).toMatchObject({ exit: 75 })
    expect(ran.stderr).toContain('ada gave no synthesis (reply_not_json)')
    expect(person.shown().filter(({ step }) => step === 'synthesis')).toHaveLength(3)
  })

  test('that was changed is refused rather than read', async () => {
    const file = person.spec([], { rounds: 1 })
    const { id } = await person.result('run', file)
    writeFileSync(join(person.directory, 'quorum', id, 'result.json'), '{"schema_version":2}')
    expect((await person.run('show', id)).exit).toBe(6)
    expect((await person.run('run', '--resume', file)).exit).toBe(6)
  })
})

describe('what cannot be asked', () => {
  test.each<[string, object]>([
    ['one participant', { participants: [{ id: 'a', processor: 'ada-agree', persona: 'x' }] }],
    ['nobody', { participants: [] }],
    ['two of one id', { participants: ['a', 'a'].map(id => ({ id, processor: 'ada-agree', persona: 'x' })) }],
    [
      'an id that leaves the directory',
      { participants: ['a', '../b'].map(id => ({ id, processor: 'ada-agree', persona: 'x' })) },
    ],
    [
      'a participant with a program of its own',
      { participants: ['a', 'b'].map(id => ({ id, command: ['sh'], persona: 'x' })) },
    ],
    ['four rounds', { rounds: 4 }],
    ['an empty question', { question: ' ' }],
    ['a synthesizer from elsewhere', { synthesizer: 'zoe' }],
  ])('S7.31: %s', async (_, more) => {
    expect((await person.run('run', person.spec([], more))).exit).toBe(2)
    expect(existsSync(join(person.directory, 'quorum'))).toBe(false)
  })

  test.each(['nobody-knows', 'deterministic'])(
    'S7.31: a processor that is no model of the person’s: %s',
    async name => {
      const participants = ['a', 'b'].map(id => ({ id, processor: name, persona: 'x' }))
      expect((await person.run('run', person.spec([], { participants }))).exit).toBe(2)
      expect(existsSync(join(person.directory, 'quorum'))).toBe(false)
    },
  )

  test('nothing to resume, no such file, no such quorum', async () => {
    expect((await person.run('run', '--resume', person.spec([]))).exit).toBe(4)
    expect((await person.run('run', join(person.directory, 'none.json'))).exit).toBe(4)
    expect((await person.run('show', 'abc')).exit).toBe(4)
  })
})
