import { closeSync, constants, readFileSync } from 'node:fs'
import * as v from 'valibot'
import { runChild } from '#base/child.ts'
import { openPrivateFile } from '#base/private-directory.ts'
import { err, ok, type Result } from '#base/result.ts'
import { type Secret, secretFrom } from '#base/secret.ts'
import type { HttpProcessor } from '#config/index.ts'
import { type Model, type ModelError, type Prompt, plainName, type Reply, replyBytesMax, textOf } from './model.ts'
import type { World } from './world.ts'

const keyTimeoutMs = 120_000
const keyBytesMax = 16 * 1024
/** JSON may take six characters for one. */
const responseBytesMax = 8 * replyBytesMax

const responseSchema = v.object({
  model: v.optional(v.unknown()),
  choices: v.pipe(
    v.array(
      v.object({
        finish_reason: v.optional(v.unknown()),
        message: v.object({
          content: v.optional(v.nullable(v.string())),
          tool_calls: v.optional(v.unknown()),
          function_call: v.optional(v.unknown()),
        }),
      }),
    ),
    v.minLength(1),
  ),
})

/**
 * A server, on this machine unless the person has said otherwise. It is asked for text and offered no tool; one that
 * calls a tool nevertheless, or sends us elsewhere, is refused. Nothing of its errors is repeated.
 */
export function httpModel(settings: HttpProcessor, world: World): Model {
  return {
    name: `http:${settings.name}`,
    model: settings.model,
    ask: async prompt => {
      const key = await keyOf(settings, world)
      if (!key.ok) return key
      const deadline = AbortSignal.timeout(settings.timeoutMs)
      const signal = world.signal === undefined ? deadline : AbortSignal.any([deadline, world.signal])
      try {
        return await answerOf(
          await fetch(`${settings.url}/chat/completions`, request(settings, { prompt, key: key.value, signal })),
        )
      } catch (cause) {
        if (deadline.aborted) {
          return err({ code: 'model_timed_out', message: `no answer within ${settings.timeoutMs} ms` })
        }
        if (world.signal?.aborted === true) return err({ code: 'model_killed', message: 'it was stopped' })
        return err({ code: 'model_unreachable', message: `cannot reach ${settings.url} (${codeOf(cause)})` })
      }
    },
  }
}

function request(
  { model }: HttpProcessor,
  { prompt, key, signal }: { readonly prompt: Prompt; readonly key: Secret | undefined; readonly signal: AbortSignal },
): RequestInit {
  return {
    method: 'POST',
    // With a redirect the drafts would go where nobody has allowed them to.
    redirect: 'manual',
    signal,
    headers: {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key.reveal()}` }),
    },
    body: JSON.stringify({
      ...(model === null ? {} : { model }),
      messages: [
        { role: 'system', content: prompt.system },
        { role: 'user', content: prompt.user },
      ],
      temperature: 0,
      stream: false,
    }),
  }
}

async function answerOf(response: Response): Promise<Result<Reply, ModelError>> {
  if (response.status !== 200) {
    await response.body?.cancel()
    return response.status >= 300 && response.status < 400
      ? err({ code: 'model_redirects', message: 'the server sends us elsewhere' })
      : err({ code: 'model_status', message: `the server answers ${response.status}` })
  }
  const bytes = await capped(response)
  if (bytes === undefined) {
    return err({ code: 'model_output_too_large', message: `the answer has more than ${responseBytesMax} bytes` })
  }
  const text = textOf(bytes)
  if (text === undefined) return err({ code: 'reply_not_utf8', message: 'the answer is no UTF-8' })
  const parsed = v.safeParse(responseSchema, jsonOf(text))
  const choice = parsed.success ? parsed.output.choices[0] : undefined
  if (!parsed.success || choice === undefined) {
    return err({ code: 'reply_not_json', message: 'the answer is no chat completion' })
  }
  const { content, tool_calls: calls, function_call: call } = choice.message
  const callsTools = (Array.isArray(calls) ? calls.length > 0 : calls != null) || call != null
  if (callsTools) return err({ code: 'reply_calls_tools', message: 'the answer calls a tool' })
  if (choice.finish_reason === 'length') return err({ code: 'reply_cut', message: 'the answer was cut off' })
  const said = (content ?? '').trim()
  if (said === '') return err({ code: 'reply_empty', message: 'the answer is empty' })
  if (Buffer.byteLength(said) > replyBytesMax) {
    return err({ code: 'model_output_too_large', message: `the answer has more than ${replyBytesMax} bytes` })
  }
  const model = plainName(parsed.output.model)
  return ok({ text: said, ...(model === undefined ? {} : { model }) })
}

/** Undefined when there is more than we take; the rest is not fetched. */
async function capped(response: Response): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > responseBytesMax) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Asked each time, never held; what a command prints goes into no message. */
async function keyOf(
  { keyCommand, keyFile }: HttpProcessor,
  { env }: World,
): Promise<Result<Secret | undefined, ModelError>> {
  if (keyCommand === null && keyFile === null) return ok(undefined)
  const text = keyCommand === null ? fileText(keyFile ?? '') : await commandText(keyCommand, env)
  const key = text === undefined ? undefined : secretFrom(text)
  const where = keyCommand === null ? 'key_file' : 'key_command'
  return key === undefined ? err({ code: 'model_key', message: `${where} gives no key` }) : ok(key)
}

async function commandText(words: readonly string[], env: World['env']): Promise<string | undefined> {
  const answer = await runChild(words, { env, timeoutMs: keyTimeoutMs, outputBytesMax: keyBytesMax })
  return answer.ok && answer.value.exit === 0 ? textOf(answer.value.stdout) : undefined
}

function fileText(path: string): string | undefined {
  let descriptor: number
  try {
    descriptor = openPrivateFile(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch {
    return undefined // not there, or not private: the caller says that there is no key
  }
  try {
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection'
}
