import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'

/**
 * A model that misbehaves: `node stub.ts MODE [FILE]`. What it was given is written to FILE, for the test to look at.
 * The first words of MODE that are no mode are what it answers.
 */
const [, , mode = '', file = ''] = process.argv
const fact = '(sem @dora employer "Acme" :src @observation :c 0.5 :v 2026-01-01)'

function tell(what: unknown): void {
  if (file !== '') writeFileSync(file, JSON.stringify(what))
}

function prompt(): string {
  return readFileSync(0, 'utf8')
}

function hang(): void {
  setInterval(() => {}, 1_000)
}

function flood(stream: NodeJS.WriteStream): void {
  const chunk = 'x'.repeat(64 * 1024)
  const more = () => stream.write(chunk, more)
  more()
}

const modes: Readonly<Record<string, () => void>> = {
  hang,
  'ignore-sigterm': () => {
    process.on('SIGTERM', () => {})
    process.on('SIGINT', () => {})
    tell({ pid: process.pid })
    hang()
  },
  'flood-stdout': () => flood(process.stdout),
  'flood-stderr': () => {
    process.stderr.write('y'.repeat(10 * 1024 ** 2), () => process.stdout.write(`${fact}\n`))
  },
  // A child that lives on in the group and holds the pipe.
  'fork-survivor': () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
    tell({ pid: child.pid })
    child.unref()
    process.stdout.write(`${fact}\n`, () => process.exit(0))
  },
  // One that has left the group and holds the pipe.
  'fork-apart': () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)'], { stdio: 'inherit', detached: true })
    tell({ pid: child.pid })
    child.unref()
    process.stdout.write(`${fact}\n`, () => process.exit(0))
  },
  prose: () => process.stdout.write('Sure! Here is what I would remember.\n'),
  empty: () => {},
  exit: () => process.exit(3),
  'close-stdin': () => {
    process.stdin.destroy()
    process.stdout.write(`${fact}\n`)
  },
  'invalid-utf8': () => process.stdout.write(Buffer.from([0x28, 0xff, 0xfe, 0x29])),
  answer: () => process.stdout.write(`${file}\n`),
  // Does what the draft says: repeats every line of it that looks like a form.
  obey: () =>
    process.stdout.write(
      `${
        prompt()
          .match(/^\(.*\)$/gm)
          ?.join('\n') ?? 'none'
      }\n`,
    ),
  mend: () => {
    const asked = prompt()
    process.stdout.write(asked.includes('Your last answer was not taken') ? `${fact}\n` : '(sem @dora employer)\n')
  },
  look: () => {
    tell({
      argv: process.argv.slice(2),
      env: Object.keys(process.env).sort(),
      home: process.env.HOME ?? null,
      cwd: process.cwd(),
      mode: (statSync('.').mode & 0o777).toString(8),
      files: readdirSync('.'),
      prompt: prompt(),
    })
    writeFileSync('left-behind', 'x')
    process.stdout.write(`\`\`\`\n${fact}\n\`\`\``)
  },
}

const run = modes[mode]
if (run === undefined) process.exit(64)
run()
