-- Each hash is over the hash before and every column of the entry; the head finds entries that were cut off at the end, and its lock puts writers in a line.
CREATE TABLE {schema}.operation_logs (
    sequence       bigint NOT NULL PRIMARY KEY,
    name           text   COLLATE "C" NOT NULL,
    task_id        text   COLLATE "C" NULL,
    execution_id   text   NULL,
    provider       text   NULL,
    outcome        text   NOT NULL,
    message        text   NOT NULL,
    data           text   NOT NULL,
    worker_name    text   NOT NULL,
    container_name text   NOT NULL,
    created_at     bigint NOT NULL,
    previous_hash  text   NOT NULL,
    hash           text   NOT NULL
);

CREATE INDEX operation_logs_task ON {schema}.operation_logs (task_id, sequence) WHERE task_id IS NOT NULL;
CREATE INDEX operation_logs_name ON {schema}.operation_logs (name, sequence);

CREATE TABLE {schema}.operation_log_head (
    id             integer NOT NULL PRIMARY KEY CHECK (id = 1),
    entries        bigint  NOT NULL,
    hash           text    NOT NULL,
    worker_name    text    NOT NULL,
    container_name text    NOT NULL,
    created_at     bigint  NOT NULL
) WITH (fillfactor = 20);
