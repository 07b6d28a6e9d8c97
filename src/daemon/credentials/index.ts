/**
 * Credentials: where passwords lie, and how they get from there to the one connection that needs them.
 *
 * A password lies in exactly one place: what a person's command prints, the system's keychain, or a file that only
 * they can read and that says so. It is a `Secret` from the moment it is read: nothing that logs, prints or serialises
 * can show it. What may never happen here: a secret in an argument or a variable of a child, in an error, in the
 * settings or the mail store, or in two places at once.
 */
export {
  type CredentialError,
  type Credentials,
  type CredentialsOptions,
  openCredentials,
  type Protocol,
} from './credentials.ts'
export type { Keep, KeepError } from './keep.ts'
