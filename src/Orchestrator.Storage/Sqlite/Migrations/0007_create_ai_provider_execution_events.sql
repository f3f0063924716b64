-- What happened during an attempt: one row an attempt, a JSON document a line, bounded by whoever writes it. Goes with its attempt.
CREATE TABLE ai_provider_execution_events (
    execution_id   TEXT    NOT NULL PRIMARY KEY REFERENCES ai_provider_executions (id) ON DELETE CASCADE,
    events         TEXT    NOT NULL,
    omitted        INTEGER NOT NULL,
    worker_name    TEXT    NOT NULL,
    container_name TEXT    NOT NULL,
    created_at     INTEGER NOT NULL
);
