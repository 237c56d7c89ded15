-- What those who asked for tasks were told of them.
CREATE TABLE inbox (
    seq    INTEGER PRIMARY KEY,
    at_ms  INTEGER NOT NULL,        -- UTC, ms since 1970
    reader TEXT,                    -- a session; NULL = the operator
    task   INTEGER NOT NULL,
    state  TEXT NOT NULL,
    line   TEXT NOT NULL
) STRICT;
CREATE INDEX inbox_reader ON inbox (reader, seq);
