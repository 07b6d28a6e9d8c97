import { Failure } from '#base/failure.ts'

/** A source tree holds more than what ships; only the build knows what went in. */
export function onlyPackaged(what: string): never {
  throw new Failure('failed', 'not_packaged', `${what} is made by the build; this program runs from source`, {
    next: 'npm run package && ./dist/postern sbom',
  })
}
