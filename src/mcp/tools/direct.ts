import * as v from 'valibot'
import type { Daemon } from '../daemon.ts'
import type { LeaseRefusal, LeaseToken } from '../lease.ts'
import { type Annotations, type Tool, tool } from '../tool.ts'

const ttlSeconds = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(86_400)), 1_800)
const leaseToken = v.pipe(v.string(), v.maxLength(200))
const committed = v.object({ episode_id: v.string(), committed_at: v.string(), memories: v.number() })
const writes: Annotations = { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false }
const holds: Annotations = { ...writes, idempotentHint: true }

/**
 * Memory written past the librarian (`--allow-direct-writes`): held first, under a token, for a time. The gate decides on
 * every call, and what is written counts as an agent's.
 */
export function directTools(daemon: Daemon, lease: LeaseToken, workspace: () => string | undefined): readonly Tool[] {
  const write = async (batch: string, token: string, signal: AbortSignal) => {
    const where = workspace()
    if (where === undefined) return noWorkspace
    const refusal = lease.check(token)
    if (refusal !== undefined) return refused(refusal)
    const answer = await daemon.request('memory.write', { workspace: where, batch }, signal)
    return answer.ok ? ({ ok: true, value: answer.value } as const) : answer.refusal
  }
  return [
    tool({
      name: 'memory_open_workspace',
      title: 'Hold memory for writing',
      description:
        'Holds the memory of the workspace for this session alone and gives a lease token. Nobody else writes meanwhile.',
      capability: 'memory_write',
      annotations: writes,
      input: v.strictObject({ ttl_seconds: ttlSeconds }),
      output: v.object({ workspace: v.string(), lease_token: v.string(), lease_expires_at: v.string() }),
      run: async ({ ttl_seconds: seconds }, { signal }) => {
        const where = workspace()
        if (where === undefined) return noWorkspace
        if (lease.isHeld) return { ok: false, code: 'lease_held', message: 'This session holds the memory already.' }
        const answer = await daemon.request('memory.lease', { workspace: where, ttl_s: seconds }, signal)
        if (!answer.ok) return answer.refusal
        const value = {
          workspace: where,
          lease_token: lease.mint(seconds * 1_000),
          lease_expires_at: answer.value.expires_at,
        }
        return { ok: true, value }
      },
    }),
    tool({
      name: 'memory_write',
      title: 'Write memory',
      description:
        'Commits memory forms, as (sem @alice email "a@b.example" :src @observation :c 0.5 :v 2026-01-15), whole or not at all.',
      capability: 'memory_write',
      annotations: writes,
      input: v.strictObject({
        batch: v.pipe(v.string(), v.minLength(1), v.maxLength(400_000)),
        lease_token: leaseToken,
      }),
      output: committed,
      run: ({ batch, lease_token: token }, { signal }) => write(batch, token, signal),
    }),
    tool({
      name: 'memory_close_episode',
      title: 'Close an episode',
      description: 'Ends the episode that is open, so that what is written next begins another.',
      capability: 'memory_write',
      annotations: writes,
      input: v.strictObject({ lease_token: leaseToken }),
      output: committed,
      run: ({ lease_token: token }, { signal }) => write('(episode :close)', token, signal),
    }),
    tool({
      name: 'memory_renew_lease',
      title: 'Hold memory for longer',
      description: 'Sets the time of the lease anew.',
      capability: 'memory_write',
      annotations: holds,
      input: v.strictObject({ lease_token: leaseToken, ttl_seconds: ttlSeconds }),
      output: v.object({ lease_expires_at: v.string() }),
      run: async ({ lease_token: token, ttl_seconds: seconds }, { signal }) => {
        const where = workspace()
        if (where === undefined) return noWorkspace
        const refusal = lease.check(token)
        if (refusal !== undefined) return refused(refusal)
        const answer = await daemon.request('memory.renew', { workspace: where, ttl_s: seconds }, signal)
        if (!answer.ok) return answer.refusal
        lease.extend(seconds * 1_000)
        return { ok: true, value: { lease_expires_at: answer.value.expires_at } }
      },
    }),
    tool({
      name: 'memory_release_workspace',
      title: 'Let go of memory',
      description: 'Ends the lease; others may write again.',
      capability: 'memory_write',
      annotations: holds,
      input: v.strictObject({ lease_token: leaseToken }),
      output: v.object({ released: v.boolean() }),
      run: async ({ lease_token: token }, { signal }) => {
        const where = workspace()
        if (where === undefined) return noWorkspace
        const refusal = lease.check(token)
        if (refusal !== undefined) return refused(refusal)
        const answer = await daemon.request('memory.release', { workspace: where }, signal)
        if (!answer.ok) return answer.refusal
        lease.end()
        return { ok: true, value: { released: true } }
      },
    }),
  ]
}

/** At the end of the session. What cannot be told any more ends by its time. */
export async function letGo(daemon: Daemon, lease: LeaseToken, workspace: () => string | undefined): Promise<void> {
  const where = workspace()
  if (!lease.isHeld || where === undefined) return
  await daemon.request('memory.release', { workspace: where }, AbortSignal.timeout(5_000))
  lease.end()
}

function refused(code: LeaseRefusal) {
  return { ok: false, code, message: says[code] } as const
}

const says: Readonly<Record<LeaseRefusal, string>> = {
  no_lease: 'No memory is held: memory_open_workspace comes first.',
  lease_expired: 'The lease is over: memory_open_workspace gives another.',
  lease_token_mismatch: 'That is not the token of the lease.',
}

const noWorkspace = {
  ok: false,
  code: 'workspace_missing',
  message: 'There is no workspace here: the person starts postern mcp in a Git repository, or with --workspace DIR.',
} as const
