-- What happened during an attempt: one row an attempt, a JSON document a line, bounded by whoever writes it. Goes with its attempt.
CREATE TABLE {schema}.ai_provider_execution_events (
    execution_id   text   COLLATE "C" NOT NULL PRIMARY KEY REFERENCES {schema}.ai_provider_executions (id) ON DELETE CASCADE,
    events         text   NOT NULL,
    omitted        bigint NOT NULL,
    worker_name    text   NOT NULL,
    container_name text   NOT NULL,
    created_at     bigint NOT NULL
);
