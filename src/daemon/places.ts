import { join } from 'node:path'
import { Failure } from '#base/failure.ts'
import type { Paths } from '#base/paths.ts'

/** Where the daemon keeps what others find it by. */
/** What the gate keeps: agents, approvals, activity. */
export function gateFile({ dataDir }: Paths): string {
  return join(dataDir, 'gate.db')
}

export function storeFile({ dataDir }: Paths): string {
  return join(dataDir, 'mail.db')
}

/** Whoever writes holds this: the daemon as long as it lives, an import as long as it takes. */
export function writerLockFile({ dataDir }: Paths): string {
  return join(dataDir, 'mail.lock')
}

/** Who holds the lock, for a message to a person; nobody decides by it. */
export function writerFile({ dataDir }: Paths): string {
  return join(dataDir, 'mail.writer')
}

/** Held by a client while it starts the daemon, so that many clients start one. */
export function startLockFile({ runtimeDir }: Paths): string {
  return join(runtimeDir, 'start.lock')
}

export function keyFile({ runtimeDir }: Paths): string {
  return join(runtimeDir, 'daemon.key')
}

/** What the daemon prints before its log is open, or when it dies of a fault. */
export function startOutputFile({ runtimeDir }: Paths): string {
  return join(runtimeDir, 'daemon.out')
}

/** `sun_path` of Linux and of the BSDs, less the byte that ends it. */
const socketPathBytesMax: Partial<Record<NodeJS.Platform, number>> = { linux: 107, win32: 250 }
const socketPathBytesElsewhere = 103

/** The system would cut a longer name off, or say `EINVAL`. */
export function checkSocketPath(
  { socketFile }: Pick<Paths, 'socketFile'>,
  platform: NodeJS.Platform = process.platform,
): void {
  const most = socketPathBytesMax[platform] ?? socketPathBytesElsewhere
  const bytes = Buffer.byteLength(socketFile)
  if (bytes <= most) return
  const message = `the socket's path has ${bytes} bytes, and this system takes ${most}: ${socketFile}`
  throw new Failure('failed', 'socket_path_too_long', message, {
    next: 'export POSTERN_RUNTIME_DIR=/a/shorter/directory',
  })
}
