import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { freeBuffer, freeBytes } from '#base/free-memory.ts'

test('memory that bytes have to themselves is given back, twice is once', () => {
  const bytes = new Uint8Array(100_000)
  freeBytes(bytes)
  expect(bytes.length).toBe(0)
  freeBytes(bytes)
  freeBuffer(bytes.buffer)
})

test('memory that others look at too stays', () => {
  const whole = Buffer.from('two messages in one')
  const part = new Uint8Array(new ArrayBuffer(10)).subarray(2, 5).fill(7)
  freeBytes(whole)
  freeBytes(part)
  expect(whole.toString()).toBe('two messages in one')
  expect([...part]).toEqual([7, 7, 7])
})

test('memory that threads share stays', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(1)
  freeBytes(shared)
  expect([...shared]).toEqual([1, 1, 1, 1])
})
