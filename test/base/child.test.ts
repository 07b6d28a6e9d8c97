import { describe, expect, test } from 'vitest'
import { runChild } from '#base/child.ts'

const env = { PATH: process.env.PATH }
const limits = { env, timeoutMs: 20_000, outputBytesMax: 1000 }

function node(script: string): string[] {
  return [process.execPath, '-e', script]
}

describe('a program that', () => {
  test('is not there is named', async () => {
    expect(await runChild(['no-such-program'], limits)).toEqual({
      ok: false,
      error: { code: 'not_found', message: 'there is no program no-such-program' },
    })
  })

  test('prints too much is stopped', async () => {
    const ran = await runChild(node('for (;;) process.stdout.write("x".repeat(1e4))'), limits)
    expect(ran).toMatchObject({ error: { code: 'output_too_large' } })
  })

  test('does not end is stopped, with its children', async () => {
    const script =
      'require("child_process").spawn("sleep", ["1000"], { stdio: "inherit" }); setInterval(() => {}, 1000)'
    expect(await runChild(node(script), { ...limits, timeoutMs: 300 })).toMatchObject({ error: { code: 'timed_out' } })
  })

  test('does not read its input ends as it likes', async () => {
    const ran = await runChild(node('process.exit(3)'), { ...limits, input: 'x'.repeat(1e6) })
    expect(ran).toMatchObject({ value: { exit: 3 } })
  })

  test('gets its input, no shell, and no environment but what it was given', async () => {
    const script =
      'process.stdin.on("data", d => console.log(String(d), process.argv[1], Object.keys(process.env).join()))'
    const ran = await runChild([...node(script), '$(id); *'], { ...limits, input: 'secret' })
    expect(ran.ok && Buffer.from(ran.value.stdout).toString().trim()).toBe('secret $(id); * PATH')
  })
})
