import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { documentTables } from '../../src/daemon/requests/document.ts'
import { type RequestSpec, requests } from '../../src/daemon/requests/index.ts'

const all = Object.entries<RequestSpec>(requests)

describe('the table of requests', () => {
  test('is what the documentation says', () => {
    const written = readFileSync(join(import.meta.dirname, '../../docs/protocol.md'), 'utf8')
    expect(written.slice(written.indexOf('## Requests')), 'run npm run protocol').toBe(documentTables())
  })

  test.each(all)('%s refuses a field that it does not know', (_name, { params }) => {
    const checked = v.safeParse(params, { no_such_field: 1 })
    expect(checked.issues?.some(({ path }) => path?.[0].key === 'no_such_field')).toBe(true)
  })

  test.each(all)('%s names only its own fields in capability and scope', (_name, { params, scope, capability }) => {
    const known: unknown = Reflect.get(params, 'entries')
    const fields = scope.flatMap(each => ('field' in each ? [each.field] : []))
    if (typeof capability !== 'string') fields.push(capability.field)
    for (const field of fields) expect(known).toHaveProperty(field)
  })

  test('nothing that reads the bytes of mail is open to everyone', () => {
    for (const [name, { capability, readsContent }] of all) {
      if (readsContent) expect(capability, name).not.toBe('status')
    }
  })
})
