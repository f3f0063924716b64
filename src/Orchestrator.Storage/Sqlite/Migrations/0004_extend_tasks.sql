-- What the queue needs beyond plain tasks: ranks with ageing, groups, assignment, plans, schedules, attempts, events, counters.
-- Changes of state are checked, counted and written down by triggers, so that no statement can forget it. The triggers have neither UPSERT nor OR clauses: a
-- statement with OR FAIL then needs no journal of its own, which halves its cost. Nor have they IN with more than two values, for which SQLite would build a
-- table in every statement.
ALTER TABLE tasks ADD COLUMN rank               INTEGER NOT NULL DEFAULT 0; -- available_at - priority * ageing: the lowest runs first
ALTER TABLE tasks ADD COLUMN ageing             INTEGER NOT NULL DEFAULT 60000;
ALTER TABLE tasks ADD COLUMN changed_at         INTEGER NOT NULL DEFAULT 0; -- set by every statement that changes the state; the time of the event
ALTER TABLE tasks ADD COLUMN slots              INTEGER NOT NULL DEFAULT 1;
ALTER TABLE tasks ADD COLUMN group_key          TEXT    NULL;
ALTER TABLE tasks ADD COLUMN is_assigned        INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN assigned_worker    TEXT    NULL;
ALTER TABLE tasks ADD COLUMN assigned_container TEXT    NULL;
ALTER TABLE tasks ADD COLUMN required_labels    TEXT    NULL; -- JSON object
ALTER TABLE tasks ADD COLUMN payload_version    INTEGER NOT NULL DEFAULT 1;
ALTER TABLE tasks ADD COLUMN timeout            INTEGER NULL;
ALTER TABLE tasks ADD COLUMN time_window        TEXT    NULL; -- JSON, see TaskWindow
ALTER TABLE tasks ADD COLUMN closes_at          INTEGER NULL; -- when the window that available_at lies in closes
ALTER TABLE tasks ADD COLUMN release_requested  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN plan_id            TEXT    NULL;
ALTER TABLE tasks ADD COLUMN plan_condition     TEXT    NULL;
ALTER TABLE tasks ADD COLUMN is_gate            INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN is_gate_open       INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN counted_moves      INTEGER NOT NULL DEFAULT 0; -- raised by a change of state whose author counts it, with many others, in queue_counters

-- Apart from task_bodies: a report must not write a large payload anew.
CREATE TABLE task_progress (
    task_seq       INTEGER PRIMARY KEY,
    percent        REAL    NULL,
    message        TEXT    NULL,
    log_lines      INTEGER NOT NULL DEFAULT 0,
    worker_name    TEXT    NULL,
    container_name TEXT    NULL,
    created_at     INTEGER NOT NULL
);

UPDATE tasks SET rank = available_at - priority * 60000, changed_at = coalesce(finished_at, started_at, created_at);

DROP INDEX tasks_ready;
DROP INDEX tasks_state;
DROP INDEX tasks_deduplication;

CREATE INDEX tasks_ready ON tasks (queue, rank, seq)
    WHERE state = 'available' AND group_key IS NULL AND is_assigned = 0;

CREATE INDEX tasks_assigned ON tasks (queue, assigned_worker, assigned_container, rank, seq)
    WHERE state = 'available' AND group_key IS NULL AND is_assigned = 1;

CREATE INDEX tasks_grouped ON tasks (queue, group_key, rank, seq)
    WHERE state = 'available' AND group_key IS NOT NULL;

CREATE INDEX tasks_due ON tasks (queue, available_at)
    WHERE state IN ('scheduled', 'retryable');

CREATE INDEX tasks_closing ON tasks (queue, closes_at)
    WHERE closes_at IS NOT NULL AND state IN ('available', 'scheduled', 'retryable');

CREATE INDEX tasks_running_groups ON tasks (queue, group_key, state, slots)
    WHERE state = 'running' AND group_key IS NOT NULL;

CREATE INDEX tasks_dead ON tasks (queue, seq)
    WHERE state = 'discarded';

CREATE INDEX tasks_plan ON tasks (plan_id, seq)
    WHERE plan_id IS NOT NULL;

-- Who holds a deduplication key, for as long as the task is in one of the states or until the key expires; outlives the task.
CREATE TABLE task_keys (
    queue             TEXT    NOT NULL,
    deduplication_key TEXT    NOT NULL,
    task_id           TEXT    NOT NULL,
    states            TEXT    NOT NULL, -- names with a comma before and after each
    expires_at        INTEGER NULL,
    worker_name       TEXT    NULL,
    container_name    TEXT    NULL,
    created_at        INTEGER NOT NULL,
    PRIMARY KEY (queue, deduplication_key)
) WITHOUT ROWID;

INSERT INTO task_keys (queue, deduplication_key, task_id, states, created_at)
SELECT queue, deduplication_key, id, ',scheduled,available,running,retryable,blocked,', created_at
FROM tasks WHERE deduplication_key IS NOT NULL AND state NOT IN ('completed', 'cancelled', 'discarded');

CREATE TABLE task_queues (
    queue                 TEXT    NOT NULL PRIMARY KEY,
    is_paused             INTEGER NOT NULL DEFAULT 0,
    max_running           INTEGER NULL,
    max_running_per_group INTEGER NULL,
    rate_count            INTEGER NULL,
    rate_period           INTEGER NULL,
    rate_burst            INTEGER NULL,
    ageing                INTEGER NULL,
    worker_name           TEXT    NULL,
    container_name        TEXT    NULL,
    created_at            INTEGER NOT NULL
) WITHOUT ROWID;

-- is_active: has, or lately had, available tasks. virtual_time grows by slots / weight with every task started: the lowest is served next.
CREATE TABLE task_groups (
    queue          TEXT    NOT NULL,
    group_key      TEXT    NOT NULL,
    max_running    INTEGER NULL,
    rate_count     INTEGER NULL,
    rate_period    INTEGER NULL,
    rate_burst     INTEGER NULL,
    weight         INTEGER NOT NULL DEFAULT 1,
    is_active      INTEGER NOT NULL DEFAULT 0,
    virtual_time   REAL    NOT NULL DEFAULT 0,
    tokens         REAL    NULL, -- NULL for a full bucket
    refilled_at    INTEGER NULL,
    worker_name    TEXT    NULL,
    container_name TEXT    NULL,
    created_at     INTEGER NOT NULL,
    PRIMARY KEY (queue, group_key)
) WITHOUT ROWID;

CREATE INDEX task_groups_active ON task_groups (queue, virtual_time) WHERE is_active = 1;

-- The virtual time of the group that was served last: where a group begins that was idle.
CREATE TABLE task_turns (
    queue          TEXT    NOT NULL PRIMARY KEY,
    virtual_time   REAL    NOT NULL,
    worker_name    TEXT    NULL,
    container_name TEXT    NULL,
    created_at     INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE queue_counters (
    queue          TEXT    NOT NULL,
    state          TEXT    NOT NULL,
    count          INTEGER NOT NULL,
    worker_name    TEXT    NULL,
    container_name TEXT    NULL,
    created_at     INTEGER NOT NULL,
    PRIMARY KEY (queue, state)
) WITHOUT ROWID;

-- A row for each state from a queue's first task on.
INSERT INTO queue_counters (queue, state, count, created_at)
SELECT queues.queue, states.column1, (SELECT count(*) FROM tasks WHERE tasks.queue = queues.queue AND tasks.state = states.column1), queues.created_at
FROM (SELECT queue, min(created_at) AS created_at FROM tasks GROUP BY queue) AS queues
CROSS JOIN (VALUES ('scheduled'), ('available'), ('running'), ('retryable'), ('blocked'), ('completed'), ('cancelled'), ('discarded')) AS states;

-- Ids grow without AUTOINCREMENT, which would cost every change a write more: the event with the highest one stays when its task is deleted (task_seq is 0 then).
-- The change that ends a lease also says which lease that was; failure comes last, since it may be long and most who read do not ask for it.
CREATE TABLE task_events (
    id             INTEGER PRIMARY KEY,
    task_seq       INTEGER NOT NULL,
    from_state     TEXT    NULL,
    to_state       TEXT    NOT NULL,
    lease_id       INTEGER NOT NULL,
    outcome        TEXT    NULL, -- how the lease ended; NULL when none did
    started_at     INTEGER NULL,
    worker_id      TEXT    NULL,
    worker_name    TEXT    NULL,
    container_name TEXT    NULL,
    created_at     INTEGER NOT NULL,
    failure        TEXT    NULL
);

CREATE INDEX task_events_task ON task_events (task_seq);

-- One row for each lease that is over: which worker in which container worked on the task, and how it ended.
CREATE VIEW container_tasks AS
SELECT task_seq, lease_id, worker_id, outcome, failure, started_at, created_at AS ended_at, worker_name, container_name, created_at
FROM task_events WHERE outcome IS NOT NULL;

CREATE TABLE task_log_lines (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    task_seq       INTEGER NOT NULL,
    lease_id       INTEGER NOT NULL,
    level          TEXT    NOT NULL,
    text           TEXT    NOT NULL,
    worker_name    TEXT    NULL,
    container_name TEXT    NULL,
    created_at     INTEGER NOT NULL
);

CREATE INDEX task_log_lines_task ON task_log_lines (task_seq, id);

CREATE TABLE task_plans (
    seq            INTEGER PRIMARY KEY AUTOINCREMENT,
    id             TEXT    NOT NULL UNIQUE,
    title          TEXT    NOT NULL,
    finished_at    INTEGER NULL,
    worker_name    TEXT    NULL,
    container_name TEXT    NULL,
    created_at     INTEGER NOT NULL
);

CREATE TABLE task_dependencies (
    task_seq       INTEGER NOT NULL,
    depends_on_seq INTEGER NOT NULL,
    worker_name    TEXT    NULL,
    container_name TEXT    NULL,
    created_at     INTEGER NOT NULL,
    PRIMARY KEY (task_seq, depends_on_seq)
) WITHOUT ROWID;

CREATE INDEX task_dependencies_parent ON task_dependencies (depends_on_seq, task_seq);

CREATE TABLE task_schedules (
    id             TEXT    NOT NULL PRIMARY KEY,
    schedule       TEXT    NOT NULL, -- JSON, see TaskSchedule
    next_at        INTEGER NULL,
    last_at        INTEGER NULL,
    last_task_id   TEXT    NULL,
    worker_name    TEXT    NULL,
    container_name TEXT    NULL,
    created_at     INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX task_schedules_due ON task_schedules (next_at) WHERE next_at IS NOT NULL;

CREATE TRIGGER tasks_queue_added BEFORE INSERT ON tasks
WHEN NOT EXISTS (SELECT 1 FROM queue_counters WHERE queue = NEW.queue AND state = NEW.state)
BEGIN
    INSERT INTO queue_counters (queue, state, count, created_at)
    SELECT NEW.queue, column1, 0, NEW.created_at
    FROM (VALUES ('scheduled'), ('available'), ('running'), ('retryable'), ('blocked'), ('completed'), ('cancelled'), ('discarded'));
END;

CREATE TRIGGER tasks_added AFTER INSERT ON tasks
BEGIN
    INSERT INTO task_events (task_seq, to_state, lease_id, created_at) VALUES (NEW.seq, NEW.state, 0, NEW.created_at);
    UPDATE queue_counters SET count = count + 1 WHERE queue = NEW.queue AND state = NEW.state;
END;

-- Before the row is changed, so that nothing of it stays.
CREATE TRIGGER tasks_moving BEFORE UPDATE OF state ON tasks
WHEN OLD.state <> NEW.state AND NOT CASE OLD.state
    WHEN 'available' THEN NEW.state = 'running' OR NEW.state = 'scheduled' OR NEW.state = 'cancelled' OR NEW.state = 'discarded'
    WHEN 'running'   THEN NEW.state = 'completed' OR NEW.state = 'retryable' OR NEW.state = 'available' OR NEW.state = 'scheduled'
                       OR NEW.state = 'cancelled' OR NEW.state = 'discarded'
    WHEN 'scheduled' THEN NEW.state = 'available' OR NEW.state = 'cancelled' OR NEW.state = 'discarded'
    WHEN 'retryable' THEN NEW.state = 'available' OR NEW.state = 'scheduled' OR NEW.state = 'cancelled' OR NEW.state = 'discarded'
    WHEN 'blocked'   THEN NEW.state = 'available' OR NEW.state = 'scheduled' OR NEW.state = 'completed' OR NEW.state = 'cancelled' OR NEW.state = 'discarded'
    WHEN 'cancelled' THEN NEW.state = 'available' OR NEW.state = 'scheduled' OR NEW.state = 'blocked'
    WHEN 'discarded' THEN NEW.state = 'available' OR NEW.state = 'scheduled' OR NEW.state = 'blocked'
    ELSE 0 END
BEGIN
    SELECT RAISE(FAIL, 'no such change of state');
END;

-- One trigger for all that a change writes down: each would cost anew. Whoever raises counted_moves has to count the change, in the same transaction.
CREATE TRIGGER tasks_moved AFTER UPDATE OF state ON tasks
WHEN OLD.state <> NEW.state
BEGIN
    INSERT INTO task_events (task_seq, from_state, to_state, lease_id, outcome, started_at, worker_id, worker_name, container_name, created_at)
    VALUES (
        NEW.seq, OLD.state, NEW.state, NEW.lease_id,
        CASE WHEN OLD.state <> 'running' THEN NULL
            WHEN NEW.crashes > OLD.crashes THEN 'crashed'
            WHEN NEW.state = 'completed' OR NEW.state = 'cancelled' THEN NEW.state
            WHEN NEW.state = 'available' OR NEW.state = 'scheduled' THEN 'released'
            ELSE 'failed' END,
        CASE OLD.state WHEN 'running' THEN OLD.started_at END,
        CASE OLD.state WHEN 'running' THEN OLD.worker_id END,
        NEW.worker_name, NEW.container_name, NEW.changed_at);
    UPDATE queue_counters SET count = count - 1 WHERE NEW.counted_moves = OLD.counted_moves AND queue = OLD.queue AND state = OLD.state;
    UPDATE queue_counters SET count = count + 1 WHERE NEW.counted_moves = OLD.counted_moves AND queue = NEW.queue AND state = NEW.state;
END;

CREATE TRIGGER tasks_deleted AFTER DELETE ON tasks
BEGIN
    UPDATE queue_counters SET count = count - 1 WHERE queue = OLD.queue AND state = OLD.state;
    DELETE FROM task_events WHERE task_seq = OLD.seq AND id < (SELECT max(id) FROM task_events);
    DELETE FROM task_events WHERE task_seq = 0 AND id < (SELECT max(id) FROM task_events);
    UPDATE task_events SET task_seq = 0, outcome = NULL, failure = NULL WHERE task_seq = OLD.seq;
    DELETE FROM task_log_lines WHERE task_seq = OLD.seq;
    DELETE FROM task_progress WHERE task_seq = OLD.seq;
    DELETE FROM task_dependencies WHERE task_seq = OLD.seq;
END;

-- A group that was idle begins at the time of the others: it must not make up for turns that it did not want, nor wait until others have caught up with it.
CREATE TRIGGER tasks_group_added AFTER INSERT ON tasks
WHEN NEW.group_key IS NOT NULL AND NEW.state = 'available'
BEGIN
    UPDATE task_groups
    SET is_active = 1, virtual_time = max(virtual_time, coalesce((SELECT virtual_time FROM task_turns WHERE queue = NEW.queue), 0))
    WHERE queue = NEW.queue AND group_key = NEW.group_key AND is_active = 0;
    INSERT INTO task_groups (queue, group_key, is_active, virtual_time, created_at)
    SELECT NEW.queue, NEW.group_key, 1, coalesce((SELECT virtual_time FROM task_turns WHERE queue = NEW.queue), 0), NEW.created_at
    WHERE NOT EXISTS (SELECT 1 FROM task_groups WHERE queue = NEW.queue AND group_key = NEW.group_key);
END;

CREATE TRIGGER tasks_group_available AFTER UPDATE OF state, group_key ON tasks
WHEN NEW.group_key IS NOT NULL AND NEW.state = 'available' AND (OLD.state <> 'available' OR OLD.group_key IS NOT NEW.group_key)
BEGIN
    UPDATE task_groups
    SET is_active = 1, virtual_time = max(virtual_time, coalesce((SELECT virtual_time FROM task_turns WHERE queue = NEW.queue), 0))
    WHERE queue = NEW.queue AND group_key = NEW.group_key AND is_active = 0;
    INSERT INTO task_groups (queue, group_key, is_active, virtual_time, created_at)
    SELECT NEW.queue, NEW.group_key, 1, coalesce((SELECT virtual_time FROM task_turns WHERE queue = NEW.queue), 0), NEW.changed_at
    WHERE NOT EXISTS (SELECT 1 FROM task_groups WHERE queue = NEW.queue AND group_key = NEW.group_key);
END;
