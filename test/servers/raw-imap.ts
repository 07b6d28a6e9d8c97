import { connect, type Socket } from 'node:net'

/** A bare IMAP client for tests: what another program on the same mailbox does, without any code of ours in between. */
export class RawImap {
  readonly #socket: Socket
  readonly #waiting: (() => void)[] = []
  #text = ''
  #number = 0
  #isClosed = false

  private constructor(socket: Socket) {
    this.#socket = socket
    const wake = () => {
      for (const resolve of this.#waiting.splice(0)) resolve()
    }
    socket.on('data', piece => {
      this.#text += piece.toString('latin1')
      wake()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#isClosed = true
      wake()
    })
  }

  static async open(port: number, user: string, password: string): Promise<RawImap> {
    const client = new RawImap(connect(port, '127.0.0.1'))
    await client.#until(/^\* OK.*\r\n/)
    await client.run(`LOGIN "${user}" "${password}"`)
    return client
  }

  /** Everything up to and with the tagged answer; throws when that is not OK. */
  async run(command: string): Promise<string> {
    const tag = `r${++this.#number}`
    this.#socket.write(`${tag} ${command}\r\n`)
    const answer = await this.#until(new RegExp(`^${tag} [^\\r\\n]*\\r\\n`, 'm'))
    if (!new RegExp(`^${tag} OK`, 'im').test(answer)) throw new Error(`${command}: ${answer}`)
    return answer
  }

  async append(mailbox: string, message: string, flags = ''): Promise<void> {
    const tag = `r${++this.#number}`
    const bytes = Buffer.from(message, 'latin1')
    this.#socket.write(`${tag} APPEND "${mailbox}" (${flags}) {${bytes.length}}\r\n`)
    await this.#until(/^\+ .*\r\n/m)
    this.#socket.write(Buffer.concat([bytes, Buffer.from('\r\n')]))
    await this.#until(new RegExp(`^${tag} OK[^\\r\\n]*\\r\\n`, 'm'))
  }

  /** What is in a mailbox: the UID, the flags and the Message-ID of each message. */
  async look(mailbox: string): Promise<{ uid: number; flags: string[]; messageId: string }[]> {
    await this.run(`EXAMINE "${mailbox}"`)
    const answer = await this.run('UID FETCH 1:* (UID FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])')
    const found = answer.matchAll(/UID (\d+) FLAGS \(([^)]*)\).*\r\nMessage-ID: <([^>]+)>/gi)
    return [...found].map(([, uid, flags = '', messageId = '']) => ({
      uid: Number(uid),
      flags: flags.split(' ').filter(flag => flag !== '' && flag !== '\\Recent'),
      messageId,
    }))
  }

  close(): void {
    this.#socket.destroy()
  }

  async #until(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.#text)
      if (found !== null) {
        const end = found.index + found[0].length
        const taken = this.#text.slice(0, end)
        this.#text = this.#text.slice(end)
        return taken
      }
      if (this.#isClosed) throw new Error(`the server closed the connection: ${this.#text}`)
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    }
  }
}
