import type { Command } from '../../command.ts'

export const selfCommands: readonly Command[] = [
  {
    name: 'version',
    summary: 'Show version, commit, Node, SQLite and the digest of the bundle',
    examples: [
      { command: 'postern version', why: 'for a person' },
      { command: 'postern version --json', why: 'for a program or a bug report' },
    ],
    stateless: true,
    load: () => import('./version.ts'),
  },
  {
    name: 'self',
    summary: 'Look into this executable',
    subcommands: [
      {
        name: 'verify',
        summary: 'Recompute the digests of everything that is embedded, and name what differs',
        description:
          'Finds damage and careless changes: a truncated download, a patched file, a replaced asset. Whoever can ' +
          'rewrite the whole executable can also rewrite the digests inside it; for where the file came from, see ' +
          'scripts/verify-release in the source and docs/supply-chain.md.',
        examples: [
          { command: 'postern self verify && echo sound', why: 'exit 0 when nothing differs, 6 when something does' },
        ],
        stateless: true,
        load: () => import('./verify.ts'),
      },
    ],
  },
  {
    name: 'sbom',
    summary: 'Print the bill of materials (CycloneDX 1.6, JSON) of what is inside',
    examples: [{ command: 'postern sbom > postern.cdx.json', why: 'hand it to a scanner' }],
    stateless: true,
    load: () => import('./sbom.ts'),
  },
  {
    name: 'licenses',
    summary: 'Print the licence texts of everything that is inside',
    examples: [{ command: 'postern licenses | less', why: 'read them' }],
    stateless: true,
    load: () => import('./licenses.ts'),
  },
]
