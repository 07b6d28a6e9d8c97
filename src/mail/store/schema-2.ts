/** What a person decided, what of it a provider does not know yet, and what is put off. */
export const schema2 = `
-- How decisions reach the provider: not at all (imported mail), as moves between folders, or as labels.
ALTER TABLE accounts ADD COLUMN delivery TEXT NOT NULL DEFAULT 'none' CHECK (delivery IN ('none', 'folders', 'labels'));

CREATE TABLE decisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- Chosen by whoever asked, so that the same request twice is one decision; the digest tells another request with the same key.
  client_key TEXT NOT NULL UNIQUE,
  digest TEXT NOT NULL,
  changes TEXT NOT NULL,
  origin TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  undo_until INTEGER NOT NULL,
  undoes INTEGER,
  requested INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  refused_total INTEGER NOT NULL,
  refused TEXT NOT NULL
) STRICT;

CREATE TABLE decision_items (
  decision_id INTEGER NOT NULL REFERENCES decisions(id) ON DELETE CASCADE,
  message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  state TEXT NOT NULL CHECK (state IN ('local', 'pending', 'applied', 'failed', 'superseded', 'dropped', 'undone')),
  code TEXT,
  -- Each field that changed and what it became: '-1:1 17:0'
  did TEXT NOT NULL,
  -- When it would have come back, if it was put off before
  wake_before INTEGER,
  PRIMARY KEY (decision_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX decision_items_message ON decision_items(message_id);

-- The net of what a provider does not know yet: a row for each message and field that differs. A field is a label's
-- number, or a flag's bit made negative. While it is here, what the provider says of the field goes to 'base' alone.
CREATE TABLE outbox (
  message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  field INTEGER NOT NULL,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  wanted INTEGER NOT NULL CHECK (wanted IN (0, 1)),
  base INTEGER NOT NULL CHECK (base IN (0, 1)),
  decision_id INTEGER NOT NULL,
  -- It was handed to the provider, and what came of that is not known.
  is_tried INTEGER NOT NULL DEFAULT 0,
  -- 1: never delivered, true here only, as long as the message is put off. 2: not before the message is found again.
  is_held INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (message_id, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_waiting ON outbox(account_id, decision_id, message_id) WHERE is_held = 0;
CREATE INDEX outbox_decision ON outbox(decision_id);

CREATE TABLE deliveries (
  account_id INTEGER PRIMARY KEY REFERENCES accounts(id) ON DELETE CASCADE,
  attempts INTEGER NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  failed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE snoozes (
  message_id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  wake_at INTEGER NOT NULL,
  -- The labels that it is under again when it comes back: '3 17'
  hid TEXT NOT NULL
) STRICT;
CREATE INDEX snoozes_wake ON snoozes(wake_at);

CREATE TABLE plans (
  id TEXT PRIMARY KEY,
  changes TEXT NOT NULL,
  -- Who may apply it
  caller TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  applied_by INTEGER
) STRICT;

-- The state that each message had, so that one that changed since is left alone.
CREATE TABLE plan_items (
  plan_id TEXT NOT NULL REFERENCES plans(id) ON DELETE CASCADE,
  message_id INTEGER NOT NULL,
  state INTEGER NOT NULL,
  PRIMARY KEY (plan_id, message_id)
) STRICT, WITHOUT ROWID;
`
