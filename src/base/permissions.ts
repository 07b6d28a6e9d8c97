/**
 * Node's permission model, as the packaged program starts under it (scripts/package/sea.ts): everything that some
 * command needs is granted at start, and each command gives up what it does not need before its code is loaded.
 * Giving up cannot be undone. Run from source without `--permission` there is nothing to give up.
 */

const droppable = ['fs.write', 'net', 'child', 'worker'] as const
export type Droppable = (typeof droppable)[number]

export function dropPermissions(keeps: readonly Droppable[]): void {
  const permission = process.permission
  if (permission === undefined) return
  for (const scope of droppable) {
    if (!keeps.includes(scope)) permission.drop(scope)
  }
}
