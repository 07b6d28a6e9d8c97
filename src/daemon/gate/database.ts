import { chmodSync, closeSync, openSync } from 'node:fs'
import { DatabaseSync, constants as sqlite } from 'node:sqlite'
import { err, ok, type Result } from '#base/result.ts'

/**
 * What the gate keeps: agents, the passphrase, what waits for a person, the record of activity. A file of its own
 * beside the mail, so that mail restored from a backup brings no old authority back with it. One process opens it, the
 * daemon, and every statement of it is short.
 */
export type GateDatabaseError = {
  readonly code: 'gate_unreadable' | 'gate_newer'
  readonly message: string
}

/** 'Gate' as a big-endian number. */
const applicationId = 0x47617465
const schemaVersion = 2

const draftTaint = `
-- What of what others wrote stands in a draft, as hashes: JSON.
CREATE TABLE draft_taint (
  draft INTEGER PRIMARY KEY,
  taint TEXT NOT NULL
) STRICT;
`

const schema = `
CREATE TABLE agents (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL COLLATE NOCASE UNIQUE,
  profile TEXT NOT NULL,
  digest TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  last_used_at INTEGER
) STRICT;

-- One row each: the passphrase, wrong tries, the head of the activity chain.
CREATE TABLE secrets (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- What an agent asked for and a person decides. The request is kept as it would be carried out.
CREATE TABLE staged (
  id TEXT PRIMARY KEY,
  digest TEXT NOT NULL,
  state TEXT NOT NULL,
  agent TEXT,
  profile TEXT,
  session TEXT NOT NULL,
  request TEXT NOT NULL,
  params TEXT NOT NULL,
  reasons TEXT NOT NULL,
  -- What a person is shown: JSON.
  shown TEXT NOT NULL,
  result TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  decided_at INTEGER
) STRICT;
CREATE INDEX staged_waiting ON staged(created_at) WHERE state = 'waiting';

-- Budgets: what a token has used, and when.
CREATE TABLE usage (
  agent TEXT NOT NULL,
  kind TEXT NOT NULL,
  amount INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX usage_agent ON usage(agent, kind, at);

CREATE TABLE activity (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  tier TEXT NOT NULL,
  -- Taken out of the details, for looking things up; gone with them.
  agent TEXT,
  origin TEXT,
  action TEXT,
  verdict TEXT,
  details TEXT,
  details_digest TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX activity_agent ON activity(agent, seq);
CREATE INDEX activity_at ON activity(at);
-- Append-only, in the database too: details may go (redaction, retention), nothing else may change.
CREATE TRIGGER activity_kept BEFORE DELETE ON activity BEGIN SELECT RAISE(ABORT, 'activity is append-only'); END;
CREATE TRIGGER activity_fixed BEFORE UPDATE ON activity
WHEN NEW.seq <> OLD.seq OR NEW.at <> OLD.at OR NEW.tier <> OLD.tier OR NEW.hash <> OLD.hash
  OR NEW.details_digest <> OLD.details_digest OR NEW.details IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'activity is append-only'); END;
${draftTaint}`

/** By the version from which it leads to the next. */
const upgrades: Readonly<Record<number, string>> = { 1: draftTaint }

export function openGateDatabase(path: string): Result<DatabaseSync, GateDatabaseError> {
  let database: DatabaseSync | undefined
  try {
    closeSync(openSync(path, 'a', 0o600))
    chmodSync(path, 0o600)
    database = new DatabaseSync(path, { timeout: 10_000, limits: { attach: 0 } })
    database.setAuthorizer(action =>
      action === sqlite.SQLITE_ATTACH || action === sqlite.SQLITE_DETACH ? sqlite.SQLITE_DENY : sqlite.SQLITE_OK,
    )
    const settled = settle(database)
    if (settled !== undefined) database.close()
    return settled === undefined ? ok(database) : err(settled)
  } catch (thrown) {
    database?.close()
    return err({ code: 'gate_unreadable', message: thrown instanceof Error ? thrown.message : String(thrown) })
  }
}

function settle(database: DatabaseSync): GateDatabaseError | undefined {
  const version = pragma(database, 'user_version')
  const application = pragma(database, 'application_id')
  if (application !== 0 && application !== applicationId) {
    return { code: 'gate_unreadable', message: 'the file is not what the gate keeps' }
  }
  if (version > schemaVersion) return { code: 'gate_newer', message: 'a newer Postern has written what the gate keeps' }
  database.exec('PRAGMA journal_mode = wal; PRAGMA synchronous = normal; PRAGMA secure_delete = on')
  if (version === schemaVersion) return undefined
  const upgrade = application === applicationId ? upgrades[version] : undefined
  if (upgrade !== undefined) {
    database.exec(`BEGIN IMMEDIATE; ${upgrade} PRAGMA user_version = ${version + 1}; COMMIT`)
    return settle(database)
  }
  if (database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables !== 0) {
    return { code: 'gate_unreadable', message: 'the file is not what the gate keeps' }
  }
  database.exec(
    `BEGIN IMMEDIATE; ${schema} PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}; COMMIT`,
  )
  return undefined
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0)
}
