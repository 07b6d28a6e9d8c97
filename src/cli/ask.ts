import { Failure } from '#base/failure.ts'
import { type Secret, secretFrom } from '#base/secret.ts'
import type { Session } from './session.ts'

/** Questions to a person at a terminal. Asking where nobody can answer is a refusal that names what to give instead. */
export interface Asking {
  line(question: string, options: { readonly option: string; readonly standard?: string }): string
  yes(question: string, options: { readonly option: string; readonly standard: boolean }): boolean
  /** What is typed is not shown, and the question says so. */
  secret(question: string, options: { readonly option: string }): Promise<Secret>
}

export function asking({ input, output }: Pick<Session, 'input' | 'output'>): Asking {
  const prompt = (question: string, ending: string, option: string) => {
    if (!input.isTerminal) throw missing(question, option)
    process.stderr.write(`${question}${ending} `)
  }
  return {
    line: (question, { option, standard = '' }) => {
      prompt(question, standard === '' ? ':' : ` [${standard}]:`, option)
      const answer = input.readLine()?.trim()
      if (answer === undefined) throw cancelled()
      return answer === '' ? standard : answer
    },
    yes: (question, { option, standard }) => {
      prompt(question, standard ? ' [Y/n]' : ' [y/N]', option)
      const answer = input.readLine()?.trim().toLowerCase()
      if (answer === undefined) throw cancelled()
      return answer === '' ? standard : /^(?:y|yes|j|ja|o|oui|s|si|sí)$/.test(answer)
    },
    secret: async (question, { option }) => {
      prompt(question, ' (not shown):', option)
      const typed = await readUnshown()
      output.complain('')
      const secret = typed === undefined ? undefined : secretFrom(typed)
      if (secret === undefined) throw cancelled()
      return secret
    },
  }
}

const charactersMax = 4096

/** Characters of one line, not shown; undefined when the person gives up. */
function readUnshown(): Promise<string | undefined> {
  const { stdin } = process
  return new Promise((resolve, reject) => {
    let typed = ''
    const finish = (answer: string | undefined) => {
      stdin.removeListener('data', take)
      stdin.setRawMode(false)
      stdin.pause()
      resolve(answer)
    }
    const take = (chunk: Buffer) => {
      for (const character of chunk.toString('utf8')) {
        if (character === '\r' || character === '\n') return finish(typed)
        if (character === '\u0003' || character === '\u0004') return finish(undefined)
        if (character === '\u007f' || character === '\b') typed = [...typed].slice(0, -1).join('')
        else if (typed.length < charactersMax) typed += character
      }
    }
    try {
      stdin.setRawMode(true)
      stdin.on('data', take)
      stdin.resume()
    } catch (error) {
      reject(error)
    }
  })
}

function missing(question: string, option: string): Failure {
  const asked = question.replace(/[?.\s]+$/, '')
  return new Failure('usage', 'answer_missing', `nobody is there to answer "${asked}"`, {
    next: `the same command with ${option}`,
  })
}

function cancelled(): Failure {
  return new Failure('failed', 'cancelled', 'cancelled; nothing was changed')
}
