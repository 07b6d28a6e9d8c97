import type { MailWriter } from '#mail/store/index.ts'

/**
 * The writer, as the rest of the daemon has it: the same methods, answered later. Arguments and results are copied
 * between threads, so they are plain data; a sealed batch is handed over with `transferables` instead.
 */
export type StoreThread = {
  readonly [Name in WriterMethod]: (...args: Parameters<MailWriter[Name]>) => Promise<ReturnType<MailWriter[Name]>>
}

export type WriterMethod = Exclude<keyof MailWriter, 'close'>
