-- What became of the instances of pools: every change of state, and what health checks found. Times are milliseconds, the duration microseconds.
CREATE TABLE container_instances (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    pool           TEXT    NOT NULL,
    engine_id      TEXT    NULL,
    from_state     TEXT    NOT NULL,
    to_state       TEXT    NOT NULL,
    reason         TEXT    NOT NULL,
    worker_name    TEXT    NOT NULL,
    container_name TEXT    NOT NULL,
    created_at     INTEGER NOT NULL
);

CREATE INDEX container_instances_pool ON container_instances (pool, id);
CREATE INDEX container_instances_instance ON container_instances (container_name, id);
CREATE INDEX container_instances_time ON container_instances (created_at);

CREATE TABLE container_health_checks (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    pool           TEXT    NOT NULL,
    kind           TEXT    NOT NULL,
    passed         INTEGER NOT NULL,
    message        TEXT    NULL,
    duration_us    INTEGER NOT NULL,
    worker_name    TEXT    NOT NULL,
    container_name TEXT    NOT NULL,
    created_at     INTEGER NOT NULL
);

CREATE INDEX container_health_checks_pool ON container_health_checks (pool, id);
CREATE INDEX container_health_checks_instance ON container_health_checks (container_name, id);
CREATE INDEX container_health_checks_time ON container_health_checks (created_at);

-- What hosts tell of their pools; a value that was given up is NULL. container_name is where the host itself runs, at when it told it, created_at when it did so first.
CREATE TABLE container_pool_state (
    pool           TEXT    NOT NULL,
    worker_name    TEXT    NOT NULL,
    key            TEXT    NOT NULL,
    value          TEXT    NULL,
    version        INTEGER NOT NULL,
    at             INTEGER NOT NULL,
    container_name TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,
    PRIMARY KEY (pool, worker_name, key)
) WITHOUT ROWID;

-- What other processes ask of the host of a worker: given out once, and not at all from expires_at on. container_name is the instance, NULL for the whole pool.
CREATE TABLE container_pool_requests (
    seq            INTEGER PRIMARY KEY AUTOINCREMENT,
    id             TEXT    NOT NULL UNIQUE,
    pool           TEXT    NOT NULL,
    kind           TEXT    NOT NULL,
    instances      INTEGER NULL,
    state          TEXT    NOT NULL,
    message        TEXT    NULL,
    expires_at     INTEGER NOT NULL,
    ended_at       INTEGER NULL,
    worker_name    TEXT    NOT NULL,
    container_name TEXT    NULL,
    created_at     INTEGER NOT NULL
);

CREATE INDEX container_pool_requests_pending ON container_pool_requests (worker_name, seq) WHERE state = 'pending';
CREATE INDEX container_pool_requests_time ON container_pool_requests (created_at);
