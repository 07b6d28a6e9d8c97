import type { DaemonClient } from '#daemon/client/index.ts'
import { askUnshown } from '../../controlling-terminal.ts'
import { granted } from '../../with-daemon.ts'

/** The passphrase, where one is set: what only a person does asks for it. */
export async function passphraseFor(client: DaemonClient, what: string): Promise<{ passphrase?: string }> {
  const { is_set: isSet } = granted(await client.request('passphrase.state', {}))
  return isSet ? { passphrase: await askUnshown(`passphrase, to ${what}: `) } : {}
}
