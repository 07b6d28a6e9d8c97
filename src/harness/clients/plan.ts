import { Failure } from '#base/failure.ts'
import { type Place, pathOf, readPlace } from '../hooks/files.ts'
import { backupOf, type Step } from '../hooks/plan.ts'
import type { McpClient } from './mcp-clients.ts'
import { type ServerEntry, serverIn, snippetOf, withoutServer, withServer } from './server-text.ts'

export type ServerState = 'installed' | 'different' | 'missing'

export function serverStateOf(client: McpClient, place: Place, entry: ServerEntry): ServerState {
  const text = readPlace(place)
  if (text === undefined || text.trim() === '') return 'missing'
  const found = serverIn(text, client.form)
  if (!found.ok) throw malformed(client, place, found.error.message, entry)
  if (found.value === undefined) return 'missing'
  const after = withServer(text, client.form, entry)
  return after.ok && after.value === text ? 'installed' : 'different'
}

export function planServerInstall(client: McpClient, place: Place, entry: ServerEntry): readonly Step[] {
  const before = readPlace(place)
  const after = withServer(before, client.form, entry)
  if (!after.ok) throw malformed(client, place, after.error.message, entry)
  return after.value === before ? [] : [{ place, before, after: after.value }]
}

/** A file goes only where nothing else was ever in it. */
export function planServerRemove(client: McpClient, place: Place): readonly Step[] {
  const before = readPlace(place)
  if (before === undefined || before.trim() === '') return []
  const after = withoutServer(before, client.form)
  if (!after.ok) throw malformed(client, place, after.error.message, undefined)
  if (after.value === before) return []
  const isOnlyOurs = /^\s*(?:\{\s*\}\s*)?$/.test(after.value) && readPlace(backupOf(place)) === undefined
  return [{ place, before, after: isOnlyOurs ? undefined : after.value }]
}

function malformed(client: McpClient, place: Place, why: string, entry: ServerEntry | undefined): Failure {
  const paste = entry === undefined ? '' : `\nto add by hand:\n${snippetOf(client.form, entry)}`
  return new Failure('refused', 'client_file_malformed', `${pathOf(place)} is left as it is: ${why}${paste}`, {
    next: 'mend the file, then run the same command again',
  })
}
