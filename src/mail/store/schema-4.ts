/** How far each mailbox of a provider is known here. */
export const schema4 = `
CREATE TABLE sync_mailboxes (
  label_id INTEGER PRIMARY KEY REFERENCES labels(id) ON DELETE CASCADE,
  -- The provider's own; null before its first page.
  cursor TEXT,
  -- What names it whatever it is called (RFC 8474)
  object_id TEXT,
  remaining INTEGER NOT NULL,
  synced_at INTEGER
) STRICT;

-- The keywords that the server has for the message in that place, sorted: a copy may bear others.
ALTER TABLE locations ADD COLUMN keywords TEXT NOT NULL DEFAULT '';

-- Messages that are there and were not fetched, so that they are not asked for again and again.
CREATE TABLE sync_skipped (
  label_id INTEGER NOT NULL REFERENCES labels(id) ON DELETE CASCADE,
  uidvalidity INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  reason TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  PRIMARY KEY (label_id, uidvalidity, uid)
) STRICT, WITHOUT ROWID;

-- Messages that have lost their last place: moved, and not yet seen where they are, or deleted.
CREATE TABLE sync_homeless (
  message_id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  since INTEGER NOT NULL
) STRICT;

-- Messages that were moved for the person and whose new place the provider did not tell: to be seen in that folder, or
-- somebody else has moved or deleted them.
CREATE TABLE sync_expected (
  message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  label_id INTEGER NOT NULL REFERENCES labels(id) ON DELETE CASCADE,
  PRIMARY KEY (message_id, label_id)
) STRICT, WITHOUT ROWID;
`
