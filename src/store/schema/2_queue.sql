-- The task queue. A row holds a task whole, as JSON; what is searched for stands beside it.
CREATE TABLE tasks (
    id       INTEGER PRIMARY KEY,   -- counted up, never used twice: rows are not deleted
    state    TEXT NOT NULL,
    live     INTEGER NOT NULL,      -- 1: it waits, or a copy of it may be with a session
    finished INTEGER,               -- ms on the queue's own clock
    rev      INTEGER NOT NULL,      -- the change that wrote it last
    task     TEXT NOT NULL
) STRICT;
CREATE INDEX tasks_live ON tasks (id) WHERE live = 1;
CREATE INDEX tasks_finished ON tasks (finished) WHERE finished IS NOT NULL;
CREATE INDEX tasks_rev ON tasks (rev);

-- What happened to each task, step by step. What is typed is written down here, and in its task, before it is typed.
CREATE TABLE task_log (
    seq     INTEGER PRIMARY KEY,
    at_ms   INTEGER NOT NULL,       -- UTC, ms since 1970
    task    INTEGER NOT NULL,
    attempt INTEGER NOT NULL,       -- 0 = not handed out yet
    state   TEXT NOT NULL,
    session TEXT,
    reason  TEXT
) STRICT;
CREATE INDEX task_log_task ON task_log (task, seq);

CREATE TRIGGER task_log_no_update BEFORE UPDATE ON task_log
BEGIN SELECT RAISE(ABORT, 'the history of tasks is append-only'); END;
CREATE TRIGGER tasks_no_delete BEFORE DELETE ON tasks
BEGIN SELECT RAISE(ABORT, 'tasks are kept'); END;

-- How many changes there were, and the queue's clock. One row.
CREATE TABLE queue_head (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    rev   INTEGER NOT NULL,
    clock TEXT NOT NULL             -- JSON
) STRICT;
INSERT INTO queue_head VALUES (1, 0, 'null');
