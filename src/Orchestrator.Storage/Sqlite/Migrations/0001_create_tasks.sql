-- Times are whole milliseconds since 1970-01-01 UTC. States are the snake_case names of QueuedTaskState.
-- tasks is narrow, because every heartbeat rewrites its rows; what may be large is in task_bodies.
CREATE TABLE tasks (
    seq               INTEGER PRIMARY KEY AUTOINCREMENT,
    id                TEXT    NOT NULL UNIQUE,
    queue             TEXT    NOT NULL,
    type              TEXT    NOT NULL,
    state             TEXT    NOT NULL,
    priority          INTEGER NOT NULL,
    available_at      INTEGER NOT NULL,
    deadline          INTEGER NULL,
    attempt           INTEGER NOT NULL DEFAULT 0,
    max_attempts      INTEGER NOT NULL,
    crashes           INTEGER NOT NULL DEFAULT 0,
    lease_id          INTEGER NOT NULL DEFAULT 0,
    lease_until       INTEGER NULL,
    cancel_requested  INTEGER NOT NULL DEFAULT 0,
    deduplication_key TEXT    NULL,
    trace_parent      TEXT    NULL,
    started_at        INTEGER NULL,
    finished_at       INTEGER NULL,
    worker_id         TEXT    NULL,
    worker_name       TEXT    NULL,
    container_name    TEXT    NULL,
    created_at        INTEGER NOT NULL
);

CREATE INDEX tasks_ready ON tasks (queue, priority DESC, available_at, seq)
    WHERE state IN ('available', 'scheduled', 'retryable');

CREATE INDEX tasks_deadline ON tasks (deadline)
    WHERE deadline IS NOT NULL AND state IN ('available', 'scheduled', 'retryable', 'blocked');

CREATE INDEX tasks_lease ON tasks (lease_until)
    WHERE state = 'running';

CREATE INDEX tasks_state ON tasks (queue, state);

CREATE UNIQUE INDEX tasks_deduplication ON tasks (queue, deduplication_key)
    WHERE deduplication_key IS NOT NULL AND state NOT IN ('completed', 'cancelled', 'discarded');

CREATE TABLE task_bodies (
    seq            INTEGER PRIMARY KEY REFERENCES tasks (seq) ON DELETE CASCADE,
    payload        TEXT    NOT NULL,
    checkpoint     TEXT    NULL,
    result         TEXT    NULL,
    failure        TEXT    NULL,
    worker_name    TEXT    NULL,
    container_name TEXT    NULL,
    created_at     INTEGER NOT NULL
);
