-- What the router decided, with everything that is needed to replay it, and what came of it. JSON and base64 as the contracts define them.
CREATE TABLE ai_routing_decisions (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT    NOT NULL UNIQUE,
    task_id         TEXT    NOT NULL,
    provider        TEXT    NULL,
    model           TEXT    NULL,
    reason          TEXT    NOT NULL,
    is_shadow       INTEGER NOT NULL,
    decision        TEXT    NOT NULL,
    task            TEXT    NOT NULL,
    constraints     TEXT    NULL,
    snapshot_digest TEXT    NOT NULL,
    state           TEXT    NOT NULL,
    worker_name     TEXT    NOT NULL,
    container_name  TEXT    NOT NULL,
    created_at      INTEGER NOT NULL
);

CREATE INDEX ai_routing_decisions_time ON ai_routing_decisions (created_at);
CREATE INDEX ai_routing_decisions_task ON ai_routing_decisions (task_id, created_at);
CREATE INDEX ai_routing_decisions_snapshot ON ai_routing_decisions (snapshot_digest);

CREATE TABLE ai_routing_outcomes (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    decision_id    TEXT    NOT NULL,
    provider       TEXT    NOT NULL,
    stage          TEXT    NOT NULL,
    failure        TEXT    NULL,
    outcome        TEXT    NOT NULL,
    worker_name    TEXT    NOT NULL,
    container_name TEXT    NOT NULL,
    created_at     INTEGER NOT NULL
);

CREATE INDEX ai_routing_outcomes_decision ON ai_routing_outcomes (decision_id, created_at);
CREATE INDEX ai_routing_outcomes_time ON ai_routing_outcomes (created_at);

-- used_at is when a process last said that it decides by it.
CREATE TABLE ai_routing_snapshots (
    digest         TEXT    NOT NULL PRIMARY KEY,
    content        TEXT    NOT NULL,
    used_at        INTEGER NOT NULL,
    worker_name    TEXT    NOT NULL,
    container_name TEXT    NOT NULL,
    created_at     INTEGER NOT NULL
);

-- at is when it was so, as the router says; created_at when it was kept first.
CREATE TABLE ai_routing_state (
    kind           TEXT    NOT NULL,
    key            TEXT    NOT NULL,
    value          TEXT    NOT NULL,
    at             INTEGER NOT NULL,
    worker_name    TEXT    NOT NULL,
    container_name TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;

-- Money is whole nano-US-dollars. A window that never ends has the largest number as its end. What is reserved is the sum of the claims whose time is not over.
CREATE TABLE ai_routing_budgets (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    budget         TEXT    NOT NULL,
    owner          TEXT    NOT NULL,
    window_start   INTEGER NOT NULL,
    window_end     INTEGER NOT NULL,
    spent_nano_usd INTEGER NOT NULL DEFAULT 0,
    spent_tokens   INTEGER NOT NULL DEFAULT 0,
    is_of_task     INTEGER NOT NULL,
    used_at        INTEGER NOT NULL,
    worker_name    TEXT    NOT NULL,
    container_name TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,
    UNIQUE (budget, owner, window_start, window_end)
);

CREATE INDEX ai_routing_budgets_end ON ai_routing_budgets (window_end);
CREATE INDEX ai_routing_budgets_task ON ai_routing_budgets (used_at) WHERE is_of_task;

-- A settled reservation stays for a while, so that it is settled once.
CREATE TABLE ai_routing_reservations (
    id             TEXT    NOT NULL PRIMARY KEY,
    expires_at     INTEGER NOT NULL,
    settled_at     INTEGER NULL,
    nano_usd       INTEGER NULL,
    tokens         INTEGER NULL,
    worker_name    TEXT    NOT NULL,
    container_name TEXT    NOT NULL,
    created_at     INTEGER NOT NULL
);

CREATE INDEX ai_routing_reservations_expiry ON ai_routing_reservations (expires_at);

CREATE TABLE ai_routing_claims (
    reservation_id TEXT    NOT NULL REFERENCES ai_routing_reservations (id) ON DELETE CASCADE,
    budget_id      INTEGER NOT NULL REFERENCES ai_routing_budgets (id) ON DELETE CASCADE,
    nano_usd       INTEGER NOT NULL,
    tokens         INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    worker_name    TEXT    NOT NULL,
    container_name TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,
    PRIMARY KEY (reservation_id, budget_id)
) WITHOUT ROWID;

CREATE INDEX ai_routing_claims_budget ON ai_routing_claims (budget_id, expires_at);
