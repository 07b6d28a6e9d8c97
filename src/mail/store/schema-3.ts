/** What a person has written and not sent, and what is on its way out. */
export const schema3 = `
CREATE TABLE drafts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  revision INTEGER NOT NULL,
  -- Whatever is sent of it bears this, so that a second attempt is known as one.
  message_id TEXT NOT NULL,
  content TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE draft_revisions (
  draft_id INTEGER NOT NULL REFERENCES drafts(id) ON DELETE CASCADE,
  revision INTEGER NOT NULL,
  content TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (draft_id, revision)
) STRICT, WITHOUT ROWID;

-- A frozen message and what becomes of it. prepared: shown, not decided. waiting: decided, until next_try_at. sending:
-- a server is being talked to, and has surely not taken it. ending: it may have. unknown: nobody here knows. held: a
-- person is asked. The row outlives the draft: it is the receipt.
CREATE TABLE sends (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  draft_id INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  message_id TEXT NOT NULL,
  digest TEXT NOT NULL,
  subject TEXT NOT NULL,
  sender TEXT NOT NULL,
  -- Hidden recipients as the person's own copy names them, JSON
  bcc TEXT NOT NULL,
  -- Gone once it is sent and filed
  bytes BLOB,
  state TEXT NOT NULL CHECK (state IN
    ('prepared', 'waiting', 'sending', 'ending', 'unknown', 'held', 'sent', 'failed', 'cancelled')),
  is_scheduled INTEGER NOT NULL,
  prepared_at INTEGER NOT NULL,
  decided_at INTEGER,
  not_before INTEGER NOT NULL,
  next_try_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  code TEXT,
  detail TEXT,
  settled_at INTEGER,
  -- Whether the person's own copy still has to be filed
  copy TEXT NOT NULL DEFAULT 'none' CHECK (copy IN ('none', 'wanted', 'filed'))
) STRICT;
-- One message of a draft is on its way at a time.
CREATE UNIQUE INDEX sends_live ON sends(draft_id)
  WHERE state IN ('waiting', 'sending', 'ending', 'unknown', 'held');
CREATE INDEX sends_due ON sends(next_try_at) WHERE state = 'waiting';
CREATE INDEX sends_copy ON sends(id) WHERE copy = 'wanted';
CREATE INDEX sends_message ON sends(message_id);

CREATE TABLE send_recipients (
  send_id INTEGER NOT NULL REFERENCES sends(id) ON DELETE CASCADE,
  address TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'taken', 'refused', 'delayed', 'bounced')),
  -- The server's reply or the status of a bounce
  code TEXT,
  detail TEXT,
  PRIMARY KEY (send_id, address)
) STRICT, WITHOUT ROWID;
`
