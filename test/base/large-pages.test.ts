import { expect, test } from 'vitest'
import { gainsLargePages, restartWithLargePages, type Surroundings } from '#base/large-pages.ts'

const executable: Surroundings = { platform: 'linux', env: {}, isPackaged: true, kernel: 'always [madvise] never\n' }

test('the executable gains large pages where they are given to whoever asks', () => {
  expect(gainsLargePages(executable)).toBe(true)
})

test.each<[string, Partial<Surroundings>]>([
  ['the kernel gives them to everybody', { kernel: '[always] madvise never\n' }],
  ['the kernel gives them to nobody', { kernel: 'always madvise [never]\n' }],
  ['the kernel knows of none', { kernel: undefined }],
  ['there is no glibc', { platform: 'darwin' }],
  ['it runs from source', { isPackaged: false }],
  ['it was started again, or somebody chose', { env: { GLIBC_TUNABLES: '' } }],
])('nothing is gained where %s', (_, change) => {
  expect(gainsLargePages({ ...executable, ...change })).toBe(false)
})

test('from source nothing is started again', () => {
  expect(restartWithLargePages([], {})).toBeUndefined()
})
