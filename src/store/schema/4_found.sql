-- A wish, and a list, read only the tasks that they are about, however long the queue is. What is searched for is computed
-- from the task itself, so that it cannot differ from it.
ALTER TABLE tasks ADD COLUMN hash     TEXT    GENERATED ALWAYS AS (task -> '$.hash') VIRTUAL;
ALTER TABLE tasks ADD COLUMN key      TEXT    GENERATED ALWAYS AS (task ->> '$.key') VIRTUAL;
ALTER TABLE tasks ADD COLUMN sender   TEXT    GENERATED ALWAYS AS (task -> '$.from') VIRTUAL;
ALTER TABLE tasks ADD COLUMN priority INTEGER GENERATED ALWAYS AS (task ->> '$.priority') VIRTUAL;
-- As `Task::place` has it.
ALTER TABLE tasks ADD COLUMN place    INTEGER GENERATED ALWAYS AS (coalesce(task ->> '$.rank', id << 20)) VIRTUAL;
ALTER TABLE tasks ADD COLUMN target   TEXT    GENERATED ALWAYS AS (task ->> '$.target') VIRTUAL;
ALTER TABLE tasks ADD COLUMN session  TEXT    GENERATED ALWAYS AS (task ->> '$.attempts[#-1].session') VIRTUAL;
ALTER TABLE tasks ADD COLUMN role     TEXT    GENERATED ALWAYS AS (task ->> '$.role') VIRTUAL;

CREATE INDEX tasks_hash ON tasks (hash, finished);
CREATE INDEX tasks_key ON tasks (key, finished) WHERE key IS NOT NULL;
CREATE INDEX tasks_sender ON tasks (sender) WHERE finished IS NULL;
CREATE INDEX tasks_place ON tasks (place) WHERE finished IS NULL;
CREATE INDEX tasks_line ON tasks (state, priority DESC, place) WHERE finished IS NULL;

-- Who waits for whom. What a task waits for never changes.
CREATE TABLE waits (
    awaited INTEGER NOT NULL,
    task    INTEGER NOT NULL,
    PRIMARY KEY (awaited, task)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO waits SELECT a.value, t.id FROM tasks t, json_each(t.task, '$.after') a;
CREATE TRIGGER tasks_wait AFTER INSERT ON tasks
BEGIN INSERT OR IGNORE INTO waits SELECT a.value, new.id FROM json_each(new.task, '$.after') a; END;

-- How far each reader of the inbox has read.
CREATE TABLE inbox_read (
    reader TEXT PRIMARY KEY,        -- a session; '' = the operator
    seq    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
