/** What was known before everything but the memory was lost, and what somebody then asks. All of it is made up. */
export interface Scenario {
  readonly id: string
  readonly facts: readonly Fact[]
  /** First the old value, once true, then the new one, which must be the only one that is shown as current. */
  readonly superseded: readonly (Fact & { readonly now: string })[]
  readonly prompts: readonly { readonly text: string; readonly wants: readonly string[] }[]
}

export interface Fact {
  readonly subject: string
  readonly predicate: string
  readonly value: string
  /** Work that goes on without it goes wrong. */
  readonly isLoadBearing?: true
}

const fact = (subject: string, predicate: string, value: string): Fact => ({ subject, predicate, value })
const bearing = (subject: string, predicate: string, value: string): Fact => ({
  ...fact(subject, predicate, value),
  isLoadBearing: true,
})

export const scenarios: readonly Scenario[] = [
  {
    id: '01-session-context-loss',
    facts: [
      bearing('pilot', 'may_run_when', 'the billing export is merged and signed off by Ilse'),
      bearing('release', 'next_step', 'merge the schema branch before anything else'),
      bearing('database', 'decision', 'stay on one writer until the queue is measured'),
      bearing('deployment', 'never_on', 'Fridays after noon'),
      bearing('api', 'version_frozen', 'version three, no field may be renamed'),
      fact('operator', 'prefers', 'short answers without headings'),
      fact('operator', 'time_zone', 'Europe/Lisbon'),
      fact('review', 'open_work', 'the retry test is flaky on slow disks'),
      fact('team', 'designer', 'Marek'),
      fact('backlog', 'first_item', 'export of invoices as spreadsheets'),
    ],
    superseded: [
      { ...fact('release', 'owner', 'Tomas'), now: 'Ilse' },
      { ...fact('deployment', 'target', 'the old cluster'), now: 'the new cluster in Porto' },
      { ...fact('pilot', 'customer', 'Harbour Freight'), now: 'Northern Rail' },
    ],
    prompts: [
      { text: 'What is the next step for the release?', wants: ['release next_step'] },
      { text: 'When may the pilot run, and why not yet?', wants: ['pilot may_run_when'] },
    ],
  },
  {
    id: '02-fresh-machine',
    facts: [
      bearing('mirror', 'restore_command', 'postern memory remote pull in the checkout'),
      bearing('mirror', 'pull_policy', 'pulling is never automatic, a person says when'),
      bearing('signing', 'key_place', 'the hardware key in the office safe'),
      fact('checkout', 'place', 'the code directory below home'),
      fact('machine', 'package_manager', 'apt'),
      fact('machine', 'editor', 'helix'),
      fact('network', 'proxy', 'none at home, one in the office'),
      fact('backup', 'schedule', 'every evening at nine'),
    ],
    superseded: [
      { ...fact('mirror', 'url', 'the server in the cellar'), now: 'the host in Leipzig' },
      { ...fact('machine', 'shell', 'zsh'), now: 'fish' },
    ],
    prompts: [
      { text: 'How do I restore the memory on this new machine?', wants: ['mirror restore_command'] },
      { text: 'Does a pull happen automatically?', wants: ['mirror pull_policy'] },
    ],
  },
  {
    id: '03-adapter-drift',
    facts: [
      bearing('native_memory', 'standing', 'an untrusted supplement, never a source of decisions'),
      bearing('drifted_path', 'do', 'leave it alone and sweep the new one by name'),
      bearing('librarian', 'standing', 'the only writer of governed memory'),
      bearing('conflict', 'rule', 'what the person wrote holds until the person says otherwise'),
      fact('agent', 'notes_place', 'moved with version nine'),
      fact('sweep', 'last_run', 'in the second week of October'),
      fact('importer', 'format', 'Markdown with front matter'),
      fact('reviewer', 'name', 'Yusuf'),
    ],
    superseded: [
      { ...fact('native_memory', 'path', 'memory below the project'), now: 'notes below the profile' },
      { ...fact('importer', 'owner', 'Dana'), now: 'Yusuf' },
    ],
    prompts: [
      { text: 'What should be done with the drifted path?', wants: ['drifted_path do'] },
      { text: 'Is native memory a source of decisions?', wants: ['native_memory standing'] },
    ],
  },
  {
    id: '04-quorum-handoff',
    facts: [
      bearing('quorum', 'decided', 'keep the wire format and add a version byte'),
      bearing('quorum', 'dissent', 'two of five wanted a new port instead'),
      bearing('majority', 'standing', 'a recommendation, not a truth'),
      bearing('handoff', 'blocked_by', 'the measurement of the byte on slow links'),
      fact('quorum', 'participants', 'five, one of them silent'),
      fact('quorum', 'round', 'the second'),
      fact('protocol', 'editor', 'Agnes'),
      fact('links', 'slowest', 'the ferry in winter'),
    ],
    superseded: [
      { ...fact('quorum', 'chair', 'Agnes'), now: 'Bela' },
      { ...fact('handoff', 'due', 'in November'), now: 'in January' },
    ],
    prompts: [
      { text: 'What did the quorum decide about the wire format?', wants: ['quorum decided'] },
      { text: 'Who dissented, and what did they want instead?', wants: ['quorum dissent'] },
    ],
  },
]
