/**
 * The person's settings: one TOML file, one schema.
 *
 * A file that does not parse, names a key that does not exist or gives a value of the wrong type stops the program.
 * Falling back to defaults would be falling open: the setting that was mistyped may be the one that kept an agent out.
 * There is no key without effect; a room that needs a setting adds it to the schema in the same change that reads it.
 */
export { type Account, type Identity, isLoopback, type Server } from './account.ts'
export { isAccountName, isEmail } from './account-schema.ts'
export { type AgentSettings, type ProfileCapability, type ProfileSettings, profileCapabilities } from './agents.ts'
export { loadConfig, parseConfig } from './load.ts'
export type { ConfigProblem } from './problem.ts'
export type { CommandProcessor, HttpProcessor, ProcessorSettings } from './processors.ts'
export { type AgentProgram, type Programs, programsIn } from './programs.ts'
export { type Provider, providerNamed, providerOf, providers, type ServerPreset, type TlsMode } from './providers.ts'
export { readConfigFile } from './read.ts'
export {
  accountKeys,
  type Config,
  configKeys,
  type KeyFacts,
  processorKeys,
  type RefusedAccount,
  settingOf,
} from './schema.ts'
