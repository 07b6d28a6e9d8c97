import { Worker, type WorkerOptions } from 'node:worker_threads'
import { isPackaged, textAsset } from './assets.ts'

export interface ThreadCode {
  /** Its name in the table `workers` of scripts/package/bundle.ts: `worker/NAME`. */
  readonly name: string
  /** The file that it is made from: `new URL('./worker.ts', import.meta.url)`. */
  readonly source: URL
}

/** Starts a worker thread: its code is an asset of the packaged program, and a file when run from source. */
export function startThread({ name, source }: ThreadCode, options: Omit<WorkerOptions, 'eval'> = {}): Worker {
  if (!isPackaged()) return new Worker(source, { ...options, name })
  const code = textAsset(`worker/${name}.cjs`)
  if (code === undefined) throw new Error(`this executable was built without the code of the thread ${name}`)
  return new Worker(code, { ...options, name, eval: true })
}
