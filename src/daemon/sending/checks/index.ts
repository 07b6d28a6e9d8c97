/**
 * What is looked at before a message leaves: pure functions over the draft, its files, and what the person wrote to
 * before. Each has a level in the settings: `block` needs a person's word for exactly this message, `warn` is shown,
 * `off` is not looked at. They help a person who is about to make a mistake; what an agent may do is the gate's.
 */
export {
  type CheckFile,
  type CheckInput,
  type Correspondents,
  checkDraft,
  checkKinds,
  type Issue,
  type IssueKind,
} from './check.ts'
