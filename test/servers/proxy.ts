import { connect, createServer, type Socket } from 'node:net'
import { host } from './process.ts'

/** What happens to one connection. Bytes are counted from its start; left out, nothing happens. */
export interface Fate {
  /** After so many bytes from the server the connection is reset, in the middle of whatever it was. */
  readonly cutAfterServerBytes?: number
  readonly cutAfterClientBytes?: number
  /** Each piece from the server comes so much later. */
  readonly delayMs?: number
}

export interface FaultyProxy {
  readonly host: typeof host
  readonly port: number
  /** The client's lines so far, without the tag of IMAP and cut to 200 characters; of TLS nothing can be read. */
  readonly commands: readonly string[]
  /** Connections that were made, the refused ones included. */
  readonly connections: number
  forgetCommands(): void
  /** The network is away: connections are cut, new ones refused. */
  goOffline(): void
  goOnline(): void
  /** Connections stay open and nothing comes through any more, as when a laptop wakes up. */
  stall(): void
  /** Cuts what is open now. */
  cut(): void
  stop(): Promise<void>
}

const commandsMax = 1_000_000
const commandCharactersMax = 200

/** A TCP proxy on loopback that breaks connections as it is told; `fateOf` is asked for each, numbered from 0. */
export async function startProxy(
  port: number,
  fateOf: (connection: number) => Fate = () => ({}),
): Promise<FaultyProxy> {
  const commands: string[] = []
  const open = new Set<Socket>()
  let connections = 0
  let mode: 'online' | 'offline' | 'stalled' = 'online'

  const server = createServer(client => {
    const fate = fateOf(connections++)
    client.on('error', () => {})
    if (mode === 'offline') {
      client.resetAndDestroy()
      return
    }
    const upstream = connect(port, host)
    upstream.on('error', () => {})
    const cutBoth = () => {
      client.resetAndDestroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true)
      open.add(socket)
      socket.once('close', () => {
        open.delete(socket)
        // What was already sent to the other side still arrives.
        for (const other of [client, upstream]) if (other !== socket) other.end()
      })
    }
    const lines = new LineReader(line => {
      if (commands.length < commandsMax) commands.push(line)
    })
    relay({ from: client, to: upstream, cutAfter: fate.cutAfterClientBytes, cut: cutBoth, isStalled, seen: lines.add })
    relay({
      from: upstream,
      to: client,
      cutAfter: fate.cutAfterServerBytes,
      cut: cutBoth,
      isStalled,
      delayMs: fate.delayMs ?? 0,
    })
  })
  function isStalled(): boolean {
    return mode === 'stalled'
  }
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy()
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, resolve)
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port')
  return {
    host,
    port: address.port,
    commands,
    get connections() {
      return connections
    },
    forgetCommands: () => {
      commands.length = 0
    },
    goOffline: () => {
      mode = 'offline'
      cut()
    },
    goOnline: () => {
      mode = 'online'
    },
    stall: () => {
      mode = 'stalled'
    },
    cut,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        cut()
      }),
  }
}

interface Relay {
  readonly from: Socket
  readonly to: Socket
  readonly cutAfter: number | undefined
  readonly cut: () => void
  readonly isStalled: () => boolean
  readonly delayMs?: number
  readonly seen?: (piece: Buffer) => void
}

function relay({ from, to, cutAfter = Number.POSITIVE_INFINITY, cut, isStalled, delayMs = 0, seen }: Relay): void {
  let bytes = 0
  from.on('data', piece => {
    if (isStalled() || !(piece instanceof Buffer)) return
    const allowed = Math.min(piece.length, cutAfter - bytes)
    bytes += piece.length
    const passed = piece.subarray(0, Math.max(0, allowed))
    seen?.(passed)
    const pass = () => {
      if (to.destroyed) return
      if (bytes < cutAfter) {
        // Whoever does not read makes the other side wait, as without us.
        if (!to.write(passed)) {
          from.pause()
          to.once('drain', () => from.resume())
        }
      } else to.write(passed, cut)
    }
    if (delayMs === 0) pass()
    else setTimeout(pass, delayMs)
  })
}

/** Lines out of pieces; literals of IMAP count as lines too, which for counting commands does no harm. */
class LineReader {
  readonly #take: (line: string) => void
  #rest = ''

  constructor(take: (line: string) => void) {
    this.#take = take
  }

  readonly add = (piece: Buffer): void => {
    const lines = (this.#rest + piece.toString('latin1')).split('\r\n')
    this.#rest = (lines.pop() ?? '').slice(0, 100_000)
    for (const line of lines) {
      this.#take(line.replace(/^(?=[A-Z]*[0-9])[A-Z0-9]{1,10} (?=[A-Z])/i, '').slice(0, commandCharactersMax))
    }
  }
}
