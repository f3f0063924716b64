-- Money is whole nano-US-dollars. A decision is kept whole, as JSON.
CREATE TABLE {schema}.ai_provider_assignments (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task_id        text   COLLATE "C" NOT NULL,
    decision_id    text   NOT NULL,
    provider       text   NULL,
    model          text   NULL,
    decision       text   NOT NULL,
    worker_name    text   NOT NULL,
    container_name text   NOT NULL,
    created_at     bigint NOT NULL
);

CREATE INDEX ai_provider_assignments_task ON {schema}.ai_provider_assignments (task_id, id);

CREATE TABLE {schema}.ai_provider_executions (
    seq                 bigint GENERATED ALWAYS AS IDENTITY,
    id                  text    COLLATE "C" NOT NULL PRIMARY KEY,
    task_id             text    COLLATE "C" NOT NULL,
    provider            text    NOT NULL,
    model               text    NULL,
    attempt             bigint  NOT NULL,
    status              text    NOT NULL,
    input_digest        text    NULL,
    output              text    NULL,
    patch               text    NULL,
    failure             text    NULL,
    input_tokens        bigint  NOT NULL,
    cached_input_tokens bigint  NOT NULL,
    cache_write_tokens  bigint  NOT NULL,
    output_tokens       bigint  NOT NULL,
    reasoning_tokens    bigint  NOT NULL,
    cost_nano_usd       bigint  NULL,
    session_id          text    NULL,
    started_at          bigint  NOT NULL,
    finished_at         bigint  NULL,
    worker_name         text    NOT NULL,
    container_name      text    NOT NULL,
    created_at          bigint  NOT NULL
);

CREATE INDEX ai_provider_executions_task ON {schema}.ai_provider_executions (task_id, started_at, seq);

-- What a provider was configured as, once for each content: an execution can be explained after its configuration changed. Never holds a secret.
CREATE TABLE {schema}.ai_provider_configs (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider       text   NOT NULL,
    digest         text   NOT NULL,
    config         text   NOT NULL,
    worker_name    text   NOT NULL,
    container_name text   NOT NULL,
    created_at     bigint NOT NULL,
    UNIQUE (provider, digest)
);
