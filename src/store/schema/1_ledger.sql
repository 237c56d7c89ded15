-- The ledger: what was seen, decided, sent and what came of it. Rows are only ever added; each holds the hash of all before it.
CREATE TABLE ledger (
    seq        INTEGER PRIMARY KEY,
    of_seq     INTEGER,             -- the entry whose end this one tells
    at_ms      INTEGER NOT NULL,    -- UTC, ms since 1970
    host       TEXT NOT NULL,
    session    TEXT NOT NULL,
    pane       INTEGER NOT NULL,    -- the number behind %
    pid        INTEGER NOT NULL,
    start      INTEGER NOT NULL,    -- start of that process, clock ticks since boot; 0 = not known
    agent      TEXT,
    cwd        TEXT,
    dialog     TEXT NOT NULL,       -- identity: content and epoch
    operation  TEXT NOT NULL,
    subject    TEXT,                -- secrets masked
    asked      TEXT,                -- the whole dialog as JSON, secrets masked; entries that open only
    verdict    TEXT NOT NULL,
    rule       TEXT NOT NULL,
    reason     TEXT NOT NULL,       -- secrets masked
    actor      TEXT NOT NULL,       -- automation, or who
    channel    TEXT,
    key        TEXT,
    outcome    TEXT NOT NULL,
    seen_us    INTEGER,             -- µs after the dialog's last byte
    pressed_us INTEGER,
    cleared_us INTEGER,
    hash       BLOB NOT NULL
) STRICT;
CREATE INDEX ledger_at ON ledger (at_ms);
CREATE INDEX ledger_of ON ledger (of_seq) WHERE of_seq IS NOT NULL;

-- How far the ledger reaches: shows when its end was cut off. One row.
CREATE TABLE ledger_head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;

-- Where entries were let go for their age: the chain goes on from the hash of the last one.
CREATE TABLE ledger_anchor (
    seq     INTEGER PRIMARY KEY,    -- the last entry that was let go
    hash    BLOB NOT NULL,
    entries INTEGER NOT NULL,
    from_ms INTEGER NOT NULL,
    to_ms   INTEGER NOT NULL,
    at_ms   INTEGER NOT NULL
) STRICT;

CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
-- The one way for an entry to go: an anchor with the hash of the last one that goes is written first.
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
WHEN OLD.seq > coalesce((SELECT max(seq) FROM ledger_anchor), 0)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_in_order BEFORE INSERT ON ledger
WHEN NEW.seq IS NOT (SELECT seq + 1 FROM ledger_head)
BEGIN SELECT RAISE(ABORT, 'the ledger has another end'); END;
CREATE TRIGGER ledger_anchor_no_update BEFORE UPDATE ON ledger_anchor
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_anchor_no_delete BEFORE DELETE ON ledger_anchor
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_anchor_holds BEFORE INSERT ON ledger_anchor
WHEN NOT EXISTS (SELECT 1 FROM ledger WHERE seq = NEW.seq AND hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'an anchor names an entry that is there'); END;

INSERT INTO ledger_head VALUES (1, 0, zeroblob(32));

-- Switches that survive a restart: pause, lease, sessions switched off. One JSON value a name.
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    who   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What observers and the command line ask the actor to do.
CREATE TABLE wishes (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms       INTEGER NOT NULL,
    expires_ms  INTEGER NOT NULL,
    who         TEXT NOT NULL,
    act         TEXT NOT NULL,      -- JSON
    taken_ms    INTEGER,
    answered_ms INTEGER,
    done        INTEGER,            -- 1 done, 0 refused
    answer      TEXT
) STRICT;
CREATE INDEX wishes_open ON wishes (expires_ms) WHERE taken_ms IS NULL;
