-- What the router decided, with everything that is needed to replay it, and what came of it. JSON and base64 as the contracts define them.
CREATE TABLE {schema}.ai_routing_decisions (
    seq             bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id              text    COLLATE "C" NOT NULL UNIQUE,
    task_id         text    COLLATE "C" NOT NULL,
    provider        text    NULL,
    model           text    NULL,
    reason          text    NOT NULL,
    is_shadow       boolean NOT NULL,
    decision        text    NOT NULL,
    task            text    NOT NULL,
    constraints     text    NULL,
    snapshot_digest text    COLLATE "C" NOT NULL,
    state           text    NOT NULL,
    worker_name     text    NOT NULL,
    container_name  text    NOT NULL,
    created_at      bigint  NOT NULL
);

CREATE INDEX ai_routing_decisions_time ON {schema}.ai_routing_decisions (created_at, seq);
CREATE INDEX ai_routing_decisions_task ON {schema}.ai_routing_decisions (task_id, created_at, seq);
CREATE INDEX ai_routing_decisions_snapshot ON {schema}.ai_routing_decisions (snapshot_digest);

CREATE TABLE {schema}.ai_routing_outcomes (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    decision_id    text   COLLATE "C" NOT NULL,
    provider       text   NOT NULL,
    stage          text   NOT NULL,
    failure        text   NULL,
    outcome        text   NOT NULL,
    worker_name    text   NOT NULL,
    container_name text   NOT NULL,
    created_at     bigint NOT NULL
);

CREATE INDEX ai_routing_outcomes_decision ON {schema}.ai_routing_outcomes (decision_id, created_at, id);
CREATE INDEX ai_routing_outcomes_time ON {schema}.ai_routing_outcomes (created_at);

-- used_at is when a process last said that it decides by it.
CREATE TABLE {schema}.ai_routing_snapshots (
    digest         text   COLLATE "C" NOT NULL PRIMARY KEY,
    content        text   NOT NULL,
    used_at        bigint NOT NULL,
    worker_name    text   NOT NULL,
    container_name text   NOT NULL,
    created_at     bigint NOT NULL
);

-- at is when it was so, as the router says; created_at when it was kept first.
CREATE TABLE {schema}.ai_routing_state (
    kind           text   COLLATE "C" NOT NULL,
    key            text   COLLATE "C" NOT NULL,
    value          text   NOT NULL,
    at             bigint NOT NULL,
    worker_name    text   NOT NULL,
    container_name text   NOT NULL,
    created_at     bigint NOT NULL,
    PRIMARY KEY (kind, key)
) WITH (fillfactor = 70);

-- Money is whole nano-US-dollars. A window that never ends has the largest number as its end. What is reserved is the sum of the claims whose time is not over.
-- The lock of its row puts those who reserve from a window in a line; rows are locked in the order of the unique key.
CREATE TABLE {schema}.ai_routing_budgets (
    id             bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    budget         text    COLLATE "C" NOT NULL,
    owner          text    COLLATE "C" NOT NULL,
    window_start   bigint  NOT NULL,
    window_end     bigint  NOT NULL,
    spent_nano_usd bigint  NOT NULL DEFAULT 0,
    spent_tokens   bigint  NOT NULL DEFAULT 0,
    is_of_task     boolean NOT NULL,
    used_at        bigint  NOT NULL,
    worker_name    text    NOT NULL,
    container_name text    NOT NULL,
    created_at     bigint  NOT NULL,
    UNIQUE (budget, owner, window_start, window_end)
) WITH (fillfactor = 50);

CREATE INDEX ai_routing_budgets_end ON {schema}.ai_routing_budgets (window_end);

-- A settled reservation stays for a while, so that it is settled once.
CREATE TABLE {schema}.ai_routing_reservations (
    id             text   COLLATE "C" NOT NULL PRIMARY KEY,
    expires_at     bigint NOT NULL,
    settled_at     bigint NULL,
    nano_usd       bigint NULL,
    tokens         bigint NULL,
    worker_name    text   NOT NULL,
    container_name text   NOT NULL,
    created_at     bigint NOT NULL
);

CREATE INDEX ai_routing_reservations_expiry ON {schema}.ai_routing_reservations (expires_at);

CREATE TABLE {schema}.ai_routing_claims (
    reservation_id text   COLLATE "C" NOT NULL REFERENCES {schema}.ai_routing_reservations (id) ON DELETE CASCADE,
    budget_id      bigint NOT NULL REFERENCES {schema}.ai_routing_budgets (id) ON DELETE CASCADE,
    nano_usd       bigint NOT NULL,
    tokens         bigint NOT NULL,
    expires_at     bigint NOT NULL,
    worker_name    text   NOT NULL,
    container_name text   NOT NULL,
    created_at     bigint NOT NULL,
    PRIMARY KEY (reservation_id, budget_id)
);

CREATE INDEX ai_routing_claims_budget ON {schema}.ai_routing_claims (budget_id, expires_at);
