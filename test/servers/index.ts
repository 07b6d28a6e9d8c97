/**
 * Real servers for tests, benchmarks and people: Dovecot, Exim, a keyring under D-Bus, and a proxy that breaks
 * connections. All of them listen on loopback only, on ports that were free, below a directory of their own, and end
 * with the process that started them. `scripts/servers` starts them for a person.
 */
export { type Authority, makeAuthority } from './certificates.ts'
export { type Dovecot, type DovecotOptions, startDovecot } from './dovecot.ts'
export { type Exim, type EximOptions, startExim } from './exim.ts'
export { type Keyring, startKeyring } from './keyring.ts'
export { type Fate, type FaultyProxy, startProxy } from './proxy.ts'
export { RawImap } from './raw-imap.ts'
export { alice, bob, makeSite, type Person, type Site } from './site.ts'
