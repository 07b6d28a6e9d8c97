import { writeSync } from 'node:fs'
import { isSea } from 'node:sea'
import { EXIT } from './failure.ts'
import { shell } from './shell.ts'

/**
 * The first lines that run. Files are created for their owner alone, and the variables by which an environment can
 * make Node load code, weaken TLS, write files or report elsewhere are gone before anything reads them, for this
 * process and for its children, but for an agent that the person runs (harness). What Node reads even earlier is settled by the flags inside the executable
 * (scripts/package/sea.ts), with one exception: NODE_DEBUG makes Node print what passes through its connections,
 * passwords included, and is in force before any of our code. With it the packaged program does not start.
 */
shell.umask = process.umask(0o077)

if (isSea() && process.env.NODE_DEBUG) {
  writeSync(
    2,
    'postern: refusing to run with NODE_DEBUG: Node would print passwords and mail\n  try: unset NODE_DEBUG\n',
  )
  process.exit(EXIT.refused)
}

const given: Record<string, string> = {}
for (const [name, value = ''] of Object.entries(process.env)) {
  if (!/^(NODE_|OPENSSL_)/.test(name)) continue
  given[name] = value
  delete process.env[name]
}
shell.env = given
