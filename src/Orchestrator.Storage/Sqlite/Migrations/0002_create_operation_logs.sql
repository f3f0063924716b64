-- Each hash is over the hash before and every column of the entry; the head finds entries that were cut off at the end.
CREATE TABLE operation_logs (
    sequence       INTEGER PRIMARY KEY,
    name           TEXT    NOT NULL,
    task_id        TEXT    NULL,
    execution_id   TEXT    NULL,
    provider       TEXT    NULL,
    outcome        TEXT    NOT NULL,
    message        TEXT    NOT NULL,
    data           TEXT    NOT NULL,
    worker_name    TEXT    NOT NULL,
    container_name TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,
    previous_hash  TEXT    NOT NULL,
    hash           TEXT    NOT NULL
);

CREATE INDEX operation_logs_task ON operation_logs (task_id, sequence) WHERE task_id IS NOT NULL;
CREATE INDEX operation_logs_name ON operation_logs (name, sequence);

CREATE TABLE operation_log_head (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    entries        INTEGER NOT NULL,
    hash           TEXT    NOT NULL,
    worker_name    TEXT    NOT NULL,
    container_name TEXT    NOT NULL,
    created_at     INTEGER NOT NULL
);
