import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { newDirectory, postern, type Ran, type RunOptions } from '../../postern.ts'

const main = resolve(import.meta.dirname, '../../../src/main.ts')

/** A person's home, a repository with a remote, and agents that are scripts. */
export class HarnessPlace {
  readonly home = newDirectory('home')
  readonly repository = newDirectory('repository')
  readonly bin = newDirectory('bin')
  readonly data = join(this.home, '.local', 'share', 'postern')
  readonly sessions = join(this.data, 'sessions')
  readonly env = { HOME: this.home, PATH: `${this.bin}:${process.env.PATH ?? ''}` }

  constructor() {
    spawnSync('git', ['init', '-q', '.'], { cwd: this.repository })
    spawnSync('git', ['remote', 'add', 'origin', 'https://example.org/harbour.git'], { cwd: this.repository })
    this.agent('postern', `exec '${process.execPath}' '${main}' "$@"`)
  }

  /** A program on the PATH. */
  agent(name: string, script: string, shebang = '#!/bin/sh'): string {
    const path = join(this.bin, name)
    writeFileSync(path, `${shebang}\n${script}\n`)
    chmodSync(path, 0o755)
    return path
  }

  settings(text: string): void {
    const directory = join(this.home, '.config', 'postern')
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    writeFileSync(join(directory, 'config.toml'), text, { mode: 0o600 })
  }

  run(words: readonly string[], options: RunOptions = {}): Ran {
    return postern(words, { cwd: this.repository, ...options, env: { ...this.env, ...options.env } })
  }

  /** The texts of the drafts, whatever their state. */
  drafts(): readonly { readonly id: string; readonly text: string; readonly surface: string; readonly line: string }[] {
    const { stdout } = this.run(['memory', 'draft', 'list', '--json'])
    const listed: { items: { id: string; surface: string }[] } = JSON.parse(stdout)
    return listed.items.map(({ id, surface }) => {
      const shown: { text: string } = JSON.parse(this.run(['memory', 'draft', 'show', id, '--json']).stdout)
      return { id, surface, text: shown.text, line: JSON.stringify(shown) }
    })
  }

  sessionFiles(): readonly string[] {
    return existsSync(this.sessions) ? readdirSync(this.sessions) : []
  }
}
