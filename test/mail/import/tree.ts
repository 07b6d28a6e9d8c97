import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A directory of a test's own with these files; a name that ends in / is a folder. */
export function tree(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'mail-import-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  plant(root, files)
  return root
}

export function plant(root: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name)
    if (name.endsWith('/')) mkdirSync(path, { recursive: true })
    else {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
    }
  }
}

let letters = 0

/** A small message; always another one. */
export function letter(subject: string, body = 'Hello.\n'): string {
  letters++
  return `From: Ann <ann@a.example>\nTo: me@home.example\nDate: Thu, 1 Oct 2026 12:00:${String(letters % 60).padStart(2, '0')} +0000\nSubject: ${subject}\nMessage-ID: <l${letters}@test.example>\n\n${body}`
}
