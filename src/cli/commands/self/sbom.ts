import { asset } from '#base/assets.ts'
import type { Run } from '../../command.ts'
import { onlyPackaged } from './only-packaged.ts'

export const run: Run = async (_invocation, { output }) => {
  output.write(asset('sbom.cdx.json') ?? onlyPackaged('the bill of materials'))
  return 'done'
}
