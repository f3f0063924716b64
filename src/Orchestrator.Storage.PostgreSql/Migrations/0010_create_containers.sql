-- What became of the instances of pools: every change of state, and what health checks found. Times are milliseconds, the duration microseconds.
CREATE TABLE {schema}.container_instances (
    id             bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pool           text    COLLATE "C" NOT NULL,
    engine_id      text    NULL,
    from_state     text    NOT NULL,
    to_state       text    NOT NULL,
    reason         text    NOT NULL,
    worker_name    text    COLLATE "C" NOT NULL,
    container_name text    COLLATE "C" NOT NULL,
    created_at     bigint  NOT NULL
);

CREATE INDEX container_instances_pool ON {schema}.container_instances (pool, id);
CREATE INDEX container_instances_instance ON {schema}.container_instances (container_name, id);
CREATE INDEX container_instances_time ON {schema}.container_instances (created_at);

CREATE TABLE {schema}.container_health_checks (
    id             bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pool           text    COLLATE "C" NOT NULL,
    kind           text    COLLATE "C" NOT NULL,
    passed         boolean NOT NULL,
    message        text    NULL,
    duration_us    bigint  NOT NULL,
    worker_name    text    COLLATE "C" NOT NULL,
    container_name text    COLLATE "C" NOT NULL,
    created_at     bigint  NOT NULL
);

CREATE INDEX container_health_checks_pool ON {schema}.container_health_checks (pool, id);
CREATE INDEX container_health_checks_instance ON {schema}.container_health_checks (container_name, id);
CREATE INDEX container_health_checks_time ON {schema}.container_health_checks (created_at);

-- What hosts tell of their pools; a value that was given up is NULL. container_name is where the host itself runs, at when it told it, created_at when it did so first.
CREATE TABLE {schema}.container_pool_state (
    pool           text    COLLATE "C" NOT NULL,
    worker_name    text    COLLATE "C" NOT NULL,
    key            text    COLLATE "C" NOT NULL,
    value          text    NULL,
    version        bigint  NOT NULL,
    at             bigint  NOT NULL,
    container_name text    COLLATE "C" NOT NULL,
    created_at     bigint  NOT NULL,
    PRIMARY KEY (pool, worker_name, key)
) WITH (fillfactor = 70);

-- What other processes ask of the host of a worker: given out once, and not at all from expires_at on. container_name is the instance, NULL for the whole pool.
CREATE TABLE {schema}.container_pool_requests (
    seq            bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id             text    COLLATE "C" NOT NULL UNIQUE,
    pool           text    COLLATE "C" NOT NULL,
    kind           text    COLLATE "C" NOT NULL,
    instances      bigint  NULL,
    state          text    COLLATE "C" NOT NULL,
    message        text    NULL,
    expires_at     bigint  NOT NULL,
    ended_at       bigint  NULL,
    worker_name    text    COLLATE "C" NOT NULL,
    container_name text    COLLATE "C" NULL,
    created_at     bigint  NOT NULL
);

CREATE INDEX container_pool_requests_pending ON {schema}.container_pool_requests (worker_name, seq) WHERE state = 'pending';
CREATE INDEX container_pool_requests_time ON {schema}.container_pool_requests (created_at);
