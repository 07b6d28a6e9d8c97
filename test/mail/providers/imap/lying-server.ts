import { createServer, type Socket } from 'node:net'

export interface LyingServer {
  readonly port: number
  /** Lines that clients sent. */
  readonly heard: readonly string[]
  stop(): Promise<void>
}

/**
 * A server that says what a test wants it to: `answer` gets each line of a client and writes whatever it likes. Before
 * that it behaves, as far as `login`: greeting, capabilities, LOGIN.
 */
export async function lyingServer(answer: Answer, options: LyingOptions = {}): Promise<LyingServer> {
  const heard: string[] = []
  const open = new Set<Socket>()
  const server = createServer(socket => {
    open.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => open.delete(socket))
    if (options.onConnect !== undefined) {
      options.onConnect(socket)
      return
    }
    const { capabilities = 'IMAP4rev1 UIDPLUS MOVE ENABLE CONDSTORE QRESYNC ESEARCH' } = options
    socket.write(`${options.greeting ?? `* OK [CAPABILITY ${capabilities}] ready`}\r\n`)
    let text = ''
    socket.on('data', piece => {
      text += piece.toString('latin1')
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end)
        text = text.slice(end + 2)
        heard.push(line)
        const [tag = '', ...words] = line.split(' ')
        const command = words.join(' ')
        if (answer(command, { tag, socket }) === true) continue
        if (/^CAPABILITY/.test(command)) socket.write(`* CAPABILITY ${capabilities}\r\n`)
        socket.write(`${tag} OK done\r\n`)
      }
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return {
    port: address.port,
    heard,
    stop: () =>
      new Promise(resolve => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

/** True when it answered itself. */
export type Answer = (command: string, to: { readonly tag: string; readonly socket: Socket }) => boolean | undefined

export interface LyingOptions {
  readonly capabilities?: string
  readonly greeting?: string
  readonly onConnect?: (socket: Socket) => void
}
