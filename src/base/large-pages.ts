import { readFileSync } from 'node:fs'
import { isPackaged } from './assets.ts'
import { thisProgram } from './this-program.ts'

/**
 * glibc's allocator with pages of 2 MB: work that goes to and fro over much memory, as sorting the words of mail does,
 * takes some 7 % less time. glibc reads it when a program starts.
 */
export const largePages = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' } as const

const kernelSetting = '/sys/kernel/mm/transparent_hugepage/enabled'

export interface Surroundings {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isPackaged: boolean
  /** What the kernel says of large pages: `always [madvise] never`; undefined where it says nothing. */
  readonly kernel: string | undefined
}

/** Whether a restart would change anything: only who asks gets such pages, and nobody has had a say yet. */
export function gainsLargePages({ platform, env, isPackaged, kernel }: Surroundings): boolean {
  return (
    platform === 'linux' && isPackaged && env.GLIBC_TUNABLES === undefined && kernel?.includes('[madvise]') === true
  )
}

/** Starts the executable anew in this process, with the same arguments, if that brings large pages. */
export function restartWithLargePages(args: readonly string[], env: Surroundings['env']): void {
  if (!gainsLargePages({ platform: process.platform, env, isPackaged: isPackaged(), kernel: settingOfKernel() })) return
  const [program, ...first] = thisProgram()
  const given = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  process.execve?.(program, [program, ...first, ...args], { ...Object.fromEntries(given), ...largePages })
}

function settingOfKernel(): string | undefined {
  try {
    return readFileSync(kernelSetting, 'latin1')
  } catch {
    return undefined
  }
}
