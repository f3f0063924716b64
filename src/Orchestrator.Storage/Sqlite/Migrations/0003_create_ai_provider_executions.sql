-- Money is whole nano-US-dollars. A decision is kept whole, as JSON.
CREATE TABLE ai_provider_assignments (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id        TEXT    NOT NULL,
    decision_id    TEXT    NOT NULL,
    provider       TEXT    NULL,
    model          TEXT    NULL,
    decision       TEXT    NOT NULL,
    worker_name    TEXT    NOT NULL,
    container_name TEXT    NOT NULL,
    created_at     INTEGER NOT NULL
);

CREATE INDEX ai_provider_assignments_task ON ai_provider_assignments (task_id, id);

CREATE TABLE ai_provider_executions (
    id                  TEXT    NOT NULL PRIMARY KEY,
    task_id             TEXT    NOT NULL,
    provider            TEXT    NOT NULL,
    model               TEXT    NULL,
    attempt             INTEGER NOT NULL,
    status              TEXT    NOT NULL,
    input_digest        TEXT    NULL,
    output              TEXT    NULL,
    patch               TEXT    NULL,
    failure             TEXT    NULL,
    input_tokens        INTEGER NOT NULL,
    cached_input_tokens INTEGER NOT NULL,
    cache_write_tokens  INTEGER NOT NULL,
    output_tokens       INTEGER NOT NULL,
    reasoning_tokens    INTEGER NOT NULL,
    cost_nano_usd       INTEGER NULL,
    session_id          TEXT    NULL,
    started_at          INTEGER NOT NULL,
    finished_at         INTEGER NULL,
    worker_name         TEXT    NOT NULL,
    container_name      TEXT    NOT NULL,
    created_at          INTEGER NOT NULL
);

CREATE INDEX ai_provider_executions_task ON ai_provider_executions (task_id, started_at);
