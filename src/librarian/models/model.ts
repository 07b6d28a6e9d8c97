import type { Result } from '#base/result.ts'

/**
 * Something that answers a text with a text. It is given nothing else: no tool, no file, no place in memory. What it
 * answers is data like a draft is, and goes the same way.
 */
export interface Model {
  /** `command:NAME` or `http:NAME`, of the person's settings. */
  readonly name: string
  /** As the person calls it. */
  readonly model: string | null
  ask(prompt: Prompt): Promise<Result<Reply, ModelError>>
}

export interface Prompt {
  /** Ours alone. */
  readonly system: string
  /** Holds what others wrote, between boundaries. */
  readonly user: string
}

export interface Reply {
  readonly text: string
  /** What it calls itself, if it says so. */
  readonly model?: string
}

/** Codes alone are written down; a message is for a person, and repeats nothing of a model's words. */
export interface ModelError {
  readonly code: ModelErrorCode
  readonly message: string
}

export type ModelErrorCode =
  | 'model_not_found'
  | 'model_in_project'
  | 'model_not_started'
  | 'model_timed_out'
  | 'model_output_too_large'
  | 'model_killed'
  | 'model_exit'
  | 'model_unreachable'
  | 'model_redirects'
  | 'model_status'
  | 'model_key'
  | 'reply_not_utf8'
  | 'reply_not_json'
  | 'reply_empty'
  | 'reply_calls_tools'
  | 'reply_cut'

export const replyBytesMax = 256 * 1024

/** What it answered is wrong: told so, it may do better. Anything else is no matter of words. */
export function isAboutReply({ code }: ModelError): boolean {
  return code.startsWith('reply_')
}

/** The text of a whole answer; refused when it is no text. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined // no UTF-8
  }
}

/** A name that may be written down; nothing that is none. */
export function plainName(text: unknown): string | undefined {
  return typeof text === 'string' && /^[\x21-\x7e][\x20-\x7e]{0,199}$/.test(text) ? text : undefined
}
