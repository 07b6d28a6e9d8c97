/**
 * Times are seconds since 1970 where they sort mail and milliseconds in columns that end in `_at`.
 * `messages` is narrow on purpose: a filter that no index serves reads all of it.
 */
export const schema1 = `
CREATE TABLE migrations (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;

CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;

-- The addresses that are the person's own: what 'me' means, and which mail is outbound.
CREATE TABLE account_addresses (
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  address TEXT NOT NULL,
  is_primary INTEGER NOT NULL,
  PRIMARY KEY (account_id, address)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX account_addresses_primary ON account_addresses(account_id) WHERE is_primary = 1;

-- Folders, labels and IMAP keywords. The counts are kept with every change.
CREATE TABLE labels (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('folder', 'label', 'keyword')),
  role TEXT,
  total INTEGER NOT NULL DEFAULT 0,
  unread INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account_id, key)
) STRICT;

-- Raw bytes: messages share compressed blocks; large attachments stand alone and are kept once.
CREATE TABLE blocks (
  id INTEGER PRIMARY KEY,
  size_bytes INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;

CREATE TABLE parts (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE,
  size_bytes INTEGER NOT NULL,
  line_length INTEGER NOT NULL,
  line_end INTEGER NOT NULL,
  is_packed INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;

CREATE TABLE raws (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE,
  block_id INTEGER NOT NULL REFERENCES blocks(id),
  start INTEGER NOT NULL,
  length INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL
) STRICT;
CREATE INDEX raws_block ON raws(block_id);

-- Where a part stood in the message that it was taken out of.
CREATE TABLE raw_parts (
  raw_id INTEGER NOT NULL REFERENCES raws(id) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  part_id INTEGER NOT NULL REFERENCES parts(id),
  PRIMARY KEY (raw_id, start)
) STRICT, WITHOUT ROWID;
CREATE INDEX raw_parts_part ON raw_parts(part_id);

CREATE TABLE people (
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL
) STRICT;

CREATE TABLE lists (
  id INTEGER PRIMARY KEY,
  list_id TEXT NOT NULL UNIQUE
) STRICT;

-- Numbers are never used again: nodes and merges may still lead to a thread that is gone.
CREATE TABLE threads (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  first_message INTEGER NOT NULL,
  last_message INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  unread INTEGER NOT NULL
) STRICT;
CREATE INDEX threads_last ON threads(last_message);

CREATE TABLE thread_people (
  thread_id INTEGER NOT NULL REFERENCES threads(id) ON DELETE CASCADE,
  person_id INTEGER NOT NULL REFERENCES people(id),
  messages INTEGER NOT NULL,
  PRIMARY KEY (thread_id, person_id)
) STRICT, WITHOUT ROWID;

-- Which thread a Message-ID or a provider's thread id belongs to, whether or not that message is here.
CREATE TABLE thread_nodes (
  key INTEGER PRIMARY KEY,
  thread_id INTEGER NOT NULL
) STRICT;

-- Threads that were found to be one: where the nodes of the smaller now lead.
CREATE TABLE thread_merges (
  thread_id INTEGER PRIMARY KEY,
  into_id INTEGER NOT NULL
) STRICT;

CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  thread_id INTEGER NOT NULL REFERENCES threads(id),
  flags INTEGER NOT NULL,
  date INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  attachments INTEGER NOT NULL,
  from_id INTEGER REFERENCES people(id),
  list_no INTEGER REFERENCES lists(id),
  message_key INTEGER NOT NULL,
  subject_key INTEGER NOT NULL,
  parent_keys BLOB,
  -- 0: by its headers; 1: a reply that names no parent; 2: by the provider
  threading INTEGER NOT NULL CHECK (threading IN (0, 1, 2)),
  raw_id INTEGER REFERENCES raws(id),
  parser_version INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_thread ON messages(thread_id);
CREATE INDEX messages_key ON messages(message_key);
CREATE INDEX messages_subject ON messages(subject_key);
CREATE INDEX messages_orphan ON messages(subject_key) WHERE threading = 1;
CREATE INDEX messages_from ON messages(from_id);
CREATE INDEX messages_raw ON messages(raw_id);
CREATE INDEX messages_unread ON messages(id) WHERE (flags & 1) = 0;
CREATE INDEX messages_starred ON messages(id) WHERE (flags & 2) <> 0;

-- What a list or a person reads about a message; never filtered by.
CREATE TABLE envelopes (
  id INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  message_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  people TEXT NOT NULL,
  snippet TEXT NOT NULL,
  -- The kind, a blank, the address
  unsubscribe TEXT
) STRICT;

-- Newest first within a label without a sort.
CREATE TABLE message_labels (
  label_id INTEGER NOT NULL REFERENCES labels(id) ON DELETE CASCADE,
  message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  PRIMARY KEY (label_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_labels_message ON message_labels(message_id, label_id);

-- Where a message stands on an IMAP server, and the flags that the server was last seen to have for it there. A message
-- may stand in several mailboxes and move between them.
CREATE TABLE locations (
  label_id INTEGER NOT NULL REFERENCES labels(id) ON DELETE CASCADE,
  uidvalidity INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  modseq INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  PRIMARY KEY (label_id, uidvalidity, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX locations_message ON locations(message_id);

CREATE TABLE provider_ids (
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  provider_id TEXT NOT NULL,
  message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  PRIMARY KEY (account_id, provider_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX provider_ids_message ON provider_ids(message_id);

CREATE TABLE attachments (
  message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  part TEXT NOT NULL,
  filename TEXT NOT NULL,
  content_type TEXT NOT NULL,
  disposition TEXT NOT NULL,
  content_id TEXT NOT NULL,
  is_inline INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  PRIMARY KEY (message_id, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE saved_searches (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL COLLATE NOCASE UNIQUE,
  query TEXT NOT NULL,
  sort TEXT NOT NULL CHECK (sort IN ('newest', 'oldest', 'relevance')),
  account_id INTEGER REFERENCES accounts(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- The words of subjects, names and file names, so that a piece of a word can be found in the words that hold it.
CREATE TABLE words (
  id INTEGER PRIMARY KEY,
  word TEXT NOT NULL UNIQUE
) STRICT;
CREATE VIRTUAL TABLE word_pieces USING fts5(
  word, content = '', detail = none, columnsize = 0, tokenize = 'trigram case_sensitive 1'
);

-- The index. Row ids are message ids; the texts are not kept, they are in the raw bytes.
CREATE VIRTUAL TABLE message_index USING fts5(
  subject, sender, recipient, cc, bcc, delivered, list, filename, body, facts,
  content = '', contentless_delete = 1, detail = full, tokenize = 'unicode61 remove_diacritics 2'
);
-- Merging happens when there is time for it ('tend'), not while a person waits for one message to be stored.
INSERT INTO message_index(message_index, rank) VALUES ('automerge', 0);
INSERT INTO message_index(message_index, rank) VALUES ('usermerge', 2);
INSERT INTO message_index(message_index, rank) VALUES ('crisismerge', 64);
INSERT INTO message_index(message_index, rank) VALUES ('hashsize', 16777216);
`
