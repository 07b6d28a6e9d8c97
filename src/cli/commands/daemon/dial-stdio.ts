import { connect, type Socket } from 'node:net'
import { Failure } from '#base/failure.ts'
import { readPrivateFile } from '#base/private-file.ts'
import { keyFile } from '#daemon/places.ts'
import { encodeFrame, FrameReader, helloBytesMax } from '#daemon/protocol/frame.ts'
import type { Run } from '../../command.ts'
import { withDaemon } from '../../with-daemon.ts'

/**
 * Bytes between standard input and output and the daemon: `ssh HOST postern daemon dial-stdio` is a connection to the
 * daemon there. Whoever may run this there is that user, so the key of the hello and the directory that it names are
 * put in here; everything else passes as it is, and nothing but frames is printed.
 */
export const run: Run = async (_, session) => {
  const { paths } = session
  await withDaemon(session, async () => undefined)
  const key = readPrivateFile(keyFile(paths), 200)
  if (key === undefined) throw new Failure('try_later', 'daemon_unreachable', 'the daemon has just ended')
  const socket = connect(paths.socketFile)
  const reader = new FrameReader(helloBytesMax)
  let hasGreeted = false
  process.stdin.on('data', (chunk: Buffer) => {
    if (hasGreeted) {
      forward(socket, chunk)
      return
    }
    reader.push(chunk)
    const first = reader.next()
    if (first === undefined) return
    hasGreeted = true
    const hello: unknown = first.ok ? first.value.hello : undefined
    if (typeof hello !== 'object' || hello === null) {
      socket.destroy()
      return
    }
    const frame = encodeFrame({ hello: { ...hello, key, instance: paths.instance, data_dir: paths.dataDir } })
    if (frame.ok) socket.write(frame.value)
    const rest = reader.rest()
    if (rest.length > 0) forward(socket, rest)
  })
  process.stdin.on('end', () => socket.end())
  socket.pipe(process.stdout)
  const isClean = await new Promise<boolean>(resolve => {
    socket.once('error', () => resolve(false))
    socket.once('close', hadError => resolve(!hadError))
  })
  process.stdin.destroy()
  return isClean ? 'done' : 'failed'
}

function forward(socket: Socket, chunk: Buffer): void {
  if (socket.write(chunk)) return
  process.stdin.pause()
  socket.once('drain', () => process.stdin.resume())
}
