-- Times are whole milliseconds since 1970-01-01 UTC. States are the snake_case names of QueuedTaskState.
-- tasks is narrow, because every lease and every end of one rewrites its rows; what may be large is in task_bodies. No index of it depends on what the end of a
-- lease changes: its indexes ask for the stage, which is the same for what runs and what ended well, never for the state. So the end of a lease writes no index,
-- as long as the new version of the row fits beside the old one: more than half of each page is left free.
CREATE TABLE {schema}.tasks (
    seq                bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    priority           integer NOT NULL,
    max_attempts       integer NOT NULL,
    rank               bigint  NOT NULL, -- available_at - priority * ageing: the lowest runs first
    ageing             bigint  NOT NULL,
    available_at       bigint  NOT NULL,
    changed_at         bigint  NOT NULL, -- set by every statement that changes the state; the time of the event
    created_at         bigint  NOT NULL,
    lease_id           bigint  NOT NULL DEFAULT 0,
    attempt            integer NOT NULL DEFAULT 0,
    crashes            integer NOT NULL DEFAULT 0,
    slots              integer NOT NULL DEFAULT 1,
    payload_version    integer NOT NULL DEFAULT 1,
    cancel_requested   boolean NOT NULL DEFAULT false,
    release_requested  boolean NOT NULL DEFAULT false,
    is_assigned        boolean NOT NULL DEFAULT false,
    is_gate            boolean NOT NULL DEFAULT false,
    is_gate_open       boolean NOT NULL DEFAULT false,
    state              text    COLLATE "C" NOT NULL,
    id                 text    COLLATE "C" NOT NULL UNIQUE,
    queue              text    COLLATE "C" NOT NULL,
    type               text    COLLATE "C" NOT NULL,
    started_at         bigint  NULL,
    finished_at        bigint  NULL,
    deadline           bigint  NULL,
    closes_at          bigint  NULL, -- when the window that available_at lies in closes; 0 when that has to be computed
    timeout            bigint  NULL,
    group_key          text    COLLATE "C" NULL,
    plan_id            text    COLLATE "C" NULL,
    plan_condition     text    COLLATE "C" NULL,
    deduplication_key  text    COLLATE "C" NULL,
    assigned_worker    text    COLLATE "C" NULL,
    assigned_container text    COLLATE "C" NULL,
    required_labels    text    NULL, -- JSON object
    time_window        text    NULL, -- JSON, see TaskWindow
    trace_parent       text    NULL,
    worker_id          text    COLLATE "C" NULL,
    worker_name        text    NULL,
    container_name     text    NULL,
    stage              text    COLLATE "C" NOT NULL GENERATED ALWAYS AS (CASE WHEN state IN ('running', 'completed', 'cancelled') THEN '' ELSE state END) STORED,
    open_plan_id       text    COLLATE "C" NULL GENERATED ALWAYS AS (CASE WHEN state NOT IN ('completed', 'cancelled', 'discarded') THEN plan_id END) STORED
) WITH (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
    autovacuum_analyze_scale_factor = 0.05);

CREATE INDEX tasks_ready ON {schema}.tasks (queue, rank, seq)
    WHERE stage = 'available' AND group_key IS NULL AND NOT is_assigned;

-- By whom they are for: a worker never looks through what is for others.
CREATE INDEX tasks_assigned ON {schema}.tasks (queue, coalesce(assigned_worker, ''), coalesce(assigned_container, ''), rank, seq)
    WHERE stage = 'available' AND group_key IS NULL AND is_assigned;

CREATE INDEX tasks_grouped ON {schema}.tasks (queue, group_key, rank, seq)
    WHERE stage = 'available' AND group_key IS NOT NULL;

CREATE INDEX tasks_due ON {schema}.tasks (queue, available_at)
    WHERE stage IN ('scheduled', 'retryable');

CREATE INDEX tasks_windows ON {schema}.tasks (queue, closes_at)
    WHERE closes_at IS NOT NULL AND stage IN ('available', 'scheduled', 'retryable');

CREATE INDEX tasks_deadline ON {schema}.tasks (deadline)
    WHERE deadline IS NOT NULL AND stage IN ('available', 'scheduled', 'retryable', 'blocked');

CREATE INDEX tasks_dead ON {schema}.tasks (queue, seq)
    WHERE stage = 'discarded';

CREATE INDEX tasks_plan ON {schema}.tasks (plan_id, seq)
    WHERE plan_id IS NOT NULL;

CREATE INDEX tasks_plan_open ON {schema}.tasks (open_plan_id)
    WHERE open_plan_id IS NOT NULL;

-- The leases that hold: heartbeats rewrite these rows and nothing else. Leasing adds them, the triggers of tasks take them away.
CREATE TABLE {schema}.task_leases (
    task_seq       bigint  NOT NULL PRIMARY KEY,
    lease_until    bigint  NOT NULL,
    slots          integer NOT NULL,
    queue          text    COLLATE "C" NOT NULL,
    group_key      text    COLLATE "C" NULL,
    worker_id      text    COLLATE "C" NULL,
    worker_name    text    NULL,
    container_name text    NULL,
    created_at     bigint  NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE {schema}.task_bodies (
    seq            bigint NOT NULL PRIMARY KEY,
    payload        text   NOT NULL,
    checkpoint     text   NULL,
    result         text   NULL,
    failure        text   NULL,
    worker_name    text   NULL,
    container_name text   NULL,
    created_at     bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05);

-- Apart from task_bodies: a report must not write a large payload anew.
CREATE TABLE {schema}.task_progress (
    task_seq       bigint  NOT NULL PRIMARY KEY,
    percent        double precision NULL,
    message        text    NULL,
    log_lines      integer NOT NULL DEFAULT 0,
    worker_name    text    NULL,
    container_name text    NULL,
    created_at     bigint  NOT NULL
) WITH (fillfactor = 70);

-- Who holds a deduplication key, for as long as the task is in one of the states or until the key expires; outlives the task.
CREATE TABLE {schema}.task_keys (
    queue             text   COLLATE "C" NOT NULL,
    deduplication_key text   COLLATE "C" NOT NULL,
    task_id           text   COLLATE "C" NOT NULL, -- empty while a transaction decides
    states            text   NOT NULL, -- names with a comma before and after each
    expires_at        bigint NULL,
    worker_name       text   NULL,
    container_name    text   NULL,
    created_at        bigint NOT NULL,
    PRIMARY KEY (queue, deduplication_key)
) WITH (fillfactor = 80);

CREATE TABLE {schema}.task_queues (
    queue                 text    COLLATE "C" NOT NULL PRIMARY KEY,
    is_paused             boolean NOT NULL DEFAULT false,
    max_running           integer NULL,
    max_running_per_group integer NULL,
    rate_count            integer NULL,
    rate_period           bigint  NULL,
    rate_burst            integer NULL,
    ageing                bigint  NULL,
    worker_name           text    NULL,
    container_name        text    NULL,
    created_at            bigint  NOT NULL
);

-- is_active: has, or lately had, available tasks. virtual_time grows by slots / weight with every task started: the lowest is served next.
CREATE TABLE {schema}.task_groups (
    queue          text    COLLATE "C" NOT NULL,
    group_key      text    COLLATE "C" NOT NULL,
    max_running    integer NULL,
    rate_count     integer NULL,
    rate_period    bigint  NULL,
    rate_burst     integer NULL,
    weight         integer NOT NULL DEFAULT 1,
    is_active      boolean NOT NULL DEFAULT false,
    virtual_time   double precision NOT NULL DEFAULT 0,
    tokens         double precision NULL, -- NULL for a full bucket
    refilled_at    bigint  NULL,
    worker_name    text    NULL,
    container_name text    NULL,
    created_at     bigint  NOT NULL,
    PRIMARY KEY (queue, group_key)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_cost_delay = 0);

CREATE INDEX task_groups_active ON {schema}.task_groups (queue, virtual_time) WHERE is_active;

-- The virtual time of the group that was served last: where a group begins that was idle or held up.
CREATE TABLE {schema}.task_turns (
    queue          text   COLLATE "C" NOT NULL PRIMARY KEY,
    virtual_time   double precision NOT NULL,
    worker_name    text   NULL,
    container_name text   NULL,
    created_at     bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE {schema}.queue_counters (
    queue          text   COLLATE "C" NOT NULL,
    state          text   COLLATE "C" NOT NULL,
    count          bigint NOT NULL,
    worker_name    text   NULL,
    container_name text   NULL,
    created_at     bigint NOT NULL,
    PRIMARY KEY (queue, state)
) WITH (fillfactor = 50);

-- What is to be added to queue_counters: rows that nobody else writes, so that nobody waits for a counter.
CREATE TABLE {schema}.queue_counter_deltas (
    queue          text    COLLATE "C" NOT NULL,
    state          text    COLLATE "C" NOT NULL,
    delta          integer NOT NULL,
    worker_name    text    NULL,
    container_name text    NULL,
    created_at     bigint  NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

-- Every statement takes one block of 65,536 numbers for its events.
CREATE SEQUENCE {schema}.task_event_blocks;

-- written_at: microseconds, by the server's clock, after the number was taken: a transaction that began later has no lower number.
CREATE TABLE {schema}.task_events (
    id             bigint NOT NULL PRIMARY KEY,
    task_seq       bigint NOT NULL,
    lease_id       bigint NOT NULL,
    created_at     bigint NOT NULL,
    written_at     bigint NOT NULL,
    from_state     text   NULL,
    to_state       text   NOT NULL,
    worker_name    text   NULL,
    container_name text   NULL
);

CREATE INDEX task_events_task ON {schema}.task_events (task_seq);

-- One row for each lease that is over: which worker in which container worked on the task, and how it ended.
CREATE TABLE {schema}.container_tasks (
    task_seq       bigint NOT NULL,
    lease_id       bigint NOT NULL,
    started_at     bigint NOT NULL,
    ended_at       bigint NOT NULL,
    created_at     bigint NOT NULL,
    outcome        text   NOT NULL,
    worker_id      text   NULL,
    worker_name    text   NULL,
    container_name text   NULL,
    failure        text   NULL,
    PRIMARY KEY (task_seq, lease_id)
);

CREATE TABLE {schema}.task_log_lines (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task_seq       bigint NOT NULL,
    lease_id       bigint NOT NULL,
    level          text   NOT NULL,
    text           text   NOT NULL,
    worker_name    text   NULL,
    container_name text   NULL,
    created_at     bigint NOT NULL
);

CREATE INDEX task_log_lines_task ON {schema}.task_log_lines (task_seq, id);

CREATE TABLE {schema}.task_plans (
    seq            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id             text   COLLATE "C" NOT NULL UNIQUE,
    title          text   NOT NULL,
    finished_at    bigint NULL,
    worker_name    text   NULL,
    container_name text   NULL,
    created_at     bigint NOT NULL
) WITH (fillfactor = 80);

CREATE TABLE {schema}.task_dependencies (
    task_seq       bigint NOT NULL,
    depends_on_seq bigint NOT NULL,
    worker_name    text   NULL,
    container_name text   NULL,
    created_at     bigint NOT NULL,
    PRIMARY KEY (task_seq, depends_on_seq)
);

CREATE INDEX task_dependencies_parent ON {schema}.task_dependencies (depends_on_seq, task_seq);

CREATE TABLE {schema}.task_schedules (
    id             text   COLLATE "C" NOT NULL PRIMARY KEY,
    schedule       text   NOT NULL, -- JSON, see TaskSchedule
    next_at        bigint NULL,
    last_at        bigint NULL,
    last_task_id   text   NULL,
    worker_name    text   NULL,
    container_name text   NULL,
    created_at     bigint NOT NULL
) WITH (fillfactor = 80);

CREATE INDEX task_schedules_due ON {schema}.task_schedules (next_at) WHERE next_at IS NOT NULL;
