import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import type { Capability } from '#gate/index.ts'

/** A tool as data, and the function behind it. Input and output are checked by the schemas that the model is shown. */
export interface Tool {
  readonly name: string
  readonly title: string
  /** At most 300 characters: a model reads all of them before it does anything. */
  readonly description: string
  /** A profile that can never have it does not see the tool. */
  readonly capability: Capability
  readonly annotations: Annotations
  readonly input: ObjectSchema
  readonly output: ObjectSchema
  readonly run: (args: Readonly<Record<string, unknown>>, call: ToolCall) => Promise<ToolResult>
}

export interface Annotations {
  readonly readOnlyHint: boolean
  readonly destructiveHint: boolean
  readonly idempotentHint: boolean
  /** Reaches something that Postern does not keep. */
  readonly openWorldHint: boolean
}

export interface ToolCall {
  readonly signal: AbortSignal
  /** Says how far a long call is; nothing where the client did not ask. */
  progress(done: number, total?: number): void
}

export type ToolResult =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  /** A refusal is a result that the model reads, not a fault of the protocol. */
  | { readonly ok: false; readonly code: string; readonly message: string; readonly data?: unknown }

export type ObjectSchema = v.GenericSchema<Record<string, unknown>, Record<string, unknown>>

/** What every answer fits into, as text; a model's window is not ours to fill. */
export const answerCharactersMax = 25_000

/** Declares a tool with the types of its own schemas. */
export function tool<const In extends ObjectSchema, const Out extends ObjectSchema>(definition: {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly capability: Capability
  readonly annotations: Annotations
  readonly input: In
  readonly output: Out
  readonly run: (args: v.InferOutput<In>, call: ToolCall) => Promise<Typed<v.InferInput<Out>>>
}): Tool {
  const { input, run } = definition
  return {
    ...definition,
    run: async (args, call) => {
      const parsed = v.safeParse(input, args)
      if (!parsed.success) throw new InvalidArguments(issueText(parsed.issues[0]))
      return run(parsed.output, call)
    },
  }
}

type Typed<Out> =
  | { readonly ok: true; readonly value: Out & Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly data?: unknown }

/** The arguments do not fit the schema: a fault of the call, told as one. */
export class InvalidArguments extends Error {
  override readonly name = 'InvalidArguments'
}

/** As `tools/list` shows it. */
export function describeTool({ name, title, description, annotations, input, output }: Tool): object {
  return { name, title, description, inputSchema: jsonSchema(input), outputSchema: jsonSchema(output), annotations }
}

function jsonSchema(schema: ObjectSchema): object {
  const { $schema: _dialect, ...json } = toJsonSchema(schema, { errorMode: 'throw', typeMode: 'input' })
  return json
}

function issueText(issue: v.BaseIssue<unknown> | undefined): string {
  if (issue === undefined) return 'the arguments do not fit'
  const path = issue.path?.map(({ key }) => String(key)).join('.') ?? ''
  return path === '' ? issue.message : `${path}: ${issue.message}`
}

export const reads: Annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
}
