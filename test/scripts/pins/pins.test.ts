import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { checkPins } from '../../../scripts/pins.ts'
import { cleanTree, plant } from '../../fixtures/gates/tree.ts'

const root = resolve(import.meta.dirname, '../../..')
const checkout = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1'
const setupNode = 'actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0'
const harden = 'step-security/harden-runner@b09bb98e06d4d774595224525879c09bc6e98c40 # v2.20.1'

const clean = `name: guard
on:
  pull_request:
permissions: {}
concurrency: guard
jobs:
  watch:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      contents: read
    steps:
      - uses: ${harden}
      - uses: ${checkout}
        with:
          persist-credentials: false
      - uses: ${setupNode}
        with:
          node-version: 24
          package-manager-cache: false
      - name: look out
        env:
          TITLE: \${{ github.event.pull_request.title }}
        run: echo "$TITLE"
`

function findings(workflow: string, file = '.github/workflows/guard.yml'): string[] {
  const tree = cleanTree()
  tree.files[file] = workflow
  return checkPins(plant(tree)).diagnostics.map(({ code, line }) => `${code} ${line ?? ''}`.trim())
}

function codesAfter(find: string, put: string): string[] {
  expect(clean).toContain(find)
  return findings(clean.replace(find, put)).map(finding => finding.replace(/ .*/, ''))
}

test('the workflows of this repository follow the rules', () => {
  const { diagnostics, summary } = checkPins(root)
  expect(diagnostics).toEqual([])
  expect(Number.parseInt(summary, 10)).toBeGreaterThan(5)
})

test('a workflow that follows every rule passes', () => {
  expect(findings(clean)).toEqual([])
})

const step = '      - name: look out\n'

test.each([
  ['a tag', 'action-unpinned', checkout, 'actions/checkout@v7'],
  ['a branch', 'action-unpinned', checkout, 'actions/checkout@main'],
  ['a short commit', 'action-unpinned', checkout, 'actions/checkout@3d3c42e # v7.0.1'],
  ['a tag in quotes', 'action-unpinned', checkout, '"actions/checkout@v7"'],
  ['no version beside the commit', 'action-version-missing', ' # v7.0.1', ''],
  ['a vague version', 'action-version-missing', '# v7.0.1', '# v7'],
  ['another commit than the reviewed one', 'action-pin-unknown', '3d3c42e5', '4d3c42e5'],
  ['another version than the commit has', 'action-pin-unknown', '# v7.0.1', '# v7.0.2'],
  ['an action that nobody reviewed', 'action-pin-unknown', 'actions/checkout@', 'stranger/checkout@'],
  ['an image by tag', 'container-unpinned', checkout, 'docker://alpine:3'],
  ['a container by tag', 'container-unpinned', '    timeout-minutes', '    container: node:24\n    timeout-minutes'],
  [
    'a service by tag',
    'container-unpinned',
    '    timeout-minutes',
    '    services: { db: { image: "pg:1" } }\n    timeout-minutes',
  ],
  ['no permissions at the top', 'permissions-missing', 'permissions: {}\n', ''],
  ['some permissions at the top', 'permissions-missing', 'permissions: {}\n', 'permissions: { contents: read }\n'],
  ['all permissions at the top', 'permissions-broad', 'permissions: {}\n', 'permissions: write-all\n'],
  ['a job without permissions', 'permissions-missing', '    permissions:\n      contents: read\n', ''],
  [
    'a job with all permissions',
    'permissions-broad',
    '    permissions:\n      contents: read\n',
    '    permissions: read-all\n',
  ],
  ['a job that may write and waits for nobody', 'release-unprotected', 'contents: read', 'contents: write'],
  ['credentials left behind', 'credentials-persisted', 'persist-credentials: false', 'fetch-depth: 1'],
  [
    'credentials left behind by a word',
    'credentials-persisted',
    'persist-credentials: false',
    'persist-credentials: "false"',
  ],
  ['a title in a script', 'untrusted-expression', 'echo "$TITLE"', `echo "\${{ github.event.pull_request.title }}"`],
  [
    'a title in a folded script',
    'untrusted-expression',
    'run: echo "$TITLE"',
    `run: >-\n          echo\n          \${{ github.head_ref }}`,
  ],
  [
    'an expression over lines',
    'untrusted-expression',
    'run: echo "$TITLE"',
    `run: |\n          echo \${{\n            github.head_ref }}`,
  ],
  [
    'a title in a script input',
    'untrusted-expression',
    '          package-manager-cache',
    `          script: \${{ github.head_ref }}\n          package-manager-cache`,
  ],
  ['pull_request_target', 'dangerous-trigger', '  pull_request:\n', '  pull_request_target:\n'],
  ['workflow_run in a list', 'dangerous-trigger', 'on:\n  pull_request:\n', 'on: [push, workflow_run]\n'],
  ['no concurrency group', 'concurrency-missing', 'concurrency: guard\n', ''],
  ['no time limit', 'timeout-missing', '    timeout-minutes: 5\n', ''],
  ['a moving runner', 'runner-unpinned', 'ubuntu-24.04', 'ubuntu-latest'],
  [
    'a moving runner in a matrix',
    'runner-unpinned',
    'runs-on: ubuntu-24.04',
    `strategy: { matrix: { os: [macos-latest] } }\n    runs-on: \${{ matrix.os }}`,
  ],
  ['no guard on the network', 'egress-unwatched', `      - uses: ${harden}\n`, ''],
  ['every secret handed on', 'secrets-inherited', '    timeout-minutes', '    secrets: inherit\n    timeout-minutes'],
  ['a script from the net', 'unsafe-download', 'echo "$TITLE"', 'curl -sSf https://host.example/x.sh | sh'],
  ['npx of anything', 'unsafe-download', 'echo "$TITLE"', 'npx cowsay'],
  ['npm install', 'unsafe-download', 'echo "$TITLE"', 'npm install -g cowsay'],
  ['pip install', 'unsafe-download', 'echo "$TITLE"', 'pip install cowsay'],
  ['an alias', 'workflow-unparsable', step, '      - &x\n        run: "true"\n      - *x\n      - name: look out\n'],
  ['a key said twice', 'workflow-unparsable', 'permissions: {}\n', 'permissions: {}\npermissions: write-all\n'],
  ['no YAML', 'workflow-unparsable', 'name: guard', 'name: [guard'],
  ['no jobs', 'workflow-unparsable', 'jobs:', 'jobz:'],
])('%s is refused as %s', (_, code, find, put) => {
  expect(codesAfter(find, put)).toEqual([code])
})

test('a download whose digest is checked in the same step is let through', () => {
  const put = 'run: |\n          curl -sSfo x https://host.example/x\n          echo "00  x" | sha256sum --check'
  expect(codesAfter('run: echo "$TITLE"', put)).toEqual([])
})

test('what publishes may not use a cache, not even one that an action takes by itself', () => {
  const publishing = clean.replace('  pull_request:\n', '  push: { tags: ["v*"] }\n')
  expect(findings(publishing)).toEqual([])
  expect(findings(publishing.replace('package-manager-cache: false', 'cache: npm'))).toEqual(['cache-in-release 17'])
  expect(findings(publishing.replace('          package-manager-cache: false\n', ''))).toEqual(['cache-in-release 17'])
})

test('a job that may write passes when it waits for a protected environment', () => {
  const put = 'environment: release\n    permissions:\n      contents: write'
  expect(findings(clean.replace('permissions:\n      contents: read', put))).toEqual([])
})

test('a called workflow needs no concurrency group, its caller has one', () => {
  const called = clean.replace('  pull_request:\n', '  workflow_call:\n').replace('concurrency: guard\n', '')
  expect(findings(called)).toEqual([])
})

test('a finding says where', () => {
  expect(findings(clean.replace(checkout, 'actions/checkout@v7'))).toEqual(['action-unpinned 14'])
})

test('an action of our own is held to the same rules', () => {
  const action = `runs:\n  using: composite\n  steps:\n    - uses: actions/checkout@v7\n      with: { persist-credentials: false }\n    - run: echo \${{ github.head_ref }}\n      shell: bash\n`
  const found = findings(action, '.github/actions/guard/action.yml').map(finding => finding.replace(/ .*/, ''))
  expect(found).toEqual(['action-unpinned', 'untrusted-expression'])
})

test('updates wait at least as long as the policy says', () => {
  const updates = (cooldown: string): string =>
    `version: 2\nupdates:\n  - package-ecosystem: npm\n    directory: /\n${cooldown}`
  expect(findings(updates('    cooldown: { default-days: 7 }\n'), '.github/dependabot.yml')).toEqual([])
  expect(findings(updates('    cooldown: { default-days: 6 }\n'), '.github/dependabot.yml')).toEqual([
    'cooldown-missing 3',
  ])
  expect(findings(updates(''), '.github/dependabot.yml')).toEqual(['cooldown-missing 3'])
})
