/**
 * What the person's shell had and this process gave up at its start (harden.ts). Only a program that the person starts
 * through us gets it back: it would have had it without us.
 */
export interface Shell {
  umask: number | undefined
  env: Readonly<Record<string, string>>
}

export const shell: Shell = { umask: undefined, env: {} }
