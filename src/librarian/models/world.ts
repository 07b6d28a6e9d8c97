/** What a model needs of the world around it, given by the face that runs it. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly homeDir: string
  /** The repository that a person works in; undefined outside of one. */
  readonly project: string | undefined
  /** 32 hex digits that nobody can guess. */
  readonly nonce: () => string
  /** Ends what is under way. */
  readonly signal?: AbortSignal
}
