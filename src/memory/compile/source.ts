import type { MemoryKind } from './compile-error.ts'

/** What grounds a memory, told from the name of its source symbol; any other name is an observation. */
export type SourceKind =
  | 'Profile'
  | 'Observation'
  | 'SelfReport'
  | 'ParticipantReport'
  | 'Document'
  | 'Registry'
  | 'Policy'
  | 'AgentInstruction'
  | 'ExternalAuthority'
  | 'PendingVerification'
  | 'LibrarianAssignment'

export interface SourceRule {
  readonly kind: SourceKind
  /** No memory from this source is more certain than this, 0 to 65535. */
  readonly bound: number
  readonly admits: readonly MemoryKind[]
}

const observation: SourceRule = { kind: 'Observation', bound: 65_535, admits: ['Semantic', 'Episodic'] }

/** By the name of the source symbol. No source admits an inferential memory: those rest on their parents. */
export const SOURCES: ReadonlyMap<string, SourceRule> = new Map([
  ['profile', { kind: 'Profile', bound: 62_258, admits: ['Semantic'] }],
  ['observation', observation],
  ['self_report', { kind: 'SelfReport', bound: 58_982, admits: ['Semantic', 'Episodic'] }],
  ['participant_report', { kind: 'ParticipantReport', bound: 55_705, admits: ['Episodic'] }],
  ['document', { kind: 'Document', bound: 58_982, admits: ['Semantic'] }],
  ['registry', { kind: 'Registry', bound: 62_258, admits: ['Semantic'] }],
  ['policy', { kind: 'Policy', bound: 65_535, admits: ['Procedural'] }],
  ['agent_instruction', { kind: 'AgentInstruction', bound: 62_258, admits: ['Procedural', 'Semantic'] }],
  ['external_authority', { kind: 'ExternalAuthority', bound: 58_982, admits: ['Semantic'] }],
  [
    'pending_verification',
    { kind: 'PendingVerification', bound: 39_321, admits: ['Semantic', 'Episodic', 'Procedural'] },
  ],
  ['librarian_assignment', { kind: 'LibrarianAssignment', bound: 65_535, admits: ['Semantic'] }],
])

export function sourceRule(name: string): SourceRule {
  return SOURCES.get(name) ?? observation
}
