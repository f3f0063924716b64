-- Changes of state are checked, counted and written down by triggers, so that no statement can forget it: one call for each statement, on sets of rows.
-- Ways to join that are switched off look so dear to the server that it would compile every statement to machine code first: so jit is off as well.

-- Lets groups take part in the round. One that was idle begins at the time of the others: it must not make up for turns that it did not want.
-- An active group is locked so that nobody puts it to rest before our tasks can be seen; the lock lets others lease from it.
CREATE FUNCTION {schema}.activate_groups(p_queues text[], p_groups text[], p_now bigint) RETURNS void
LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
BEGIN
    WITH wanted AS MATERIALIZED (
        SELECT DISTINCT w.queue, w.group_key FROM unnest(p_queues, p_groups) AS w (queue, group_key)),
    held AS MATERIALIZED (
        SELECT g.queue, g.group_key
        FROM wanted w JOIN {schema}.task_groups g ON g.queue = w.queue AND g.group_key = w.group_key
        WHERE g.is_active ORDER BY g.queue, g.group_key FOR KEY SHARE OF g)
    INSERT INTO {schema}.task_groups AS t (queue, group_key, is_active, virtual_time, created_at)
    SELECT w.queue, w.group_key, true,
        coalesce((SELECT q.virtual_time FROM {schema}.task_turns q WHERE q.queue = w.queue), 0), p_now
    FROM wanted w
    WHERE NOT EXISTS (SELECT FROM held h WHERE h.queue = w.queue AND h.group_key = w.group_key)
    ORDER BY w.queue, w.group_key
    ON CONFLICT (queue, group_key) DO UPDATE SET is_active = true, virtual_time = greatest(t.virtual_time, excluded.virtual_time) WHERE NOT t.is_active;
END $$;

CREATE FUNCTION {schema}.tasks_added() RETURNS trigger
LANGUAGE plpgsql SET enable_nestloop = off SET enable_hashjoin = on SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
DECLARE
    v_block  bigint := nextval('{schema}.task_event_blocks') * 65536;
    v_queues text[];
    v_groups text[];
    v_now    bigint;
BEGIN
    WITH events AS (
        INSERT INTO {schema}.task_events (id, task_seq, lease_id, created_at, written_at, to_state)
        SELECT v_block + row_number() OVER (ORDER BY a.seq), a.seq, 0, a.created_at, (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint), a.state
        FROM added a),
    deltas AS (
        INSERT INTO {schema}.queue_counter_deltas (queue, state, delta, created_at)
        SELECT a.queue, a.state, count(*), max(a.created_at) FROM added a GROUP BY a.queue, a.state)
    SELECT array_agg(a.queue), array_agg(a.group_key), max(a.created_at) INTO v_queues, v_groups, v_now
    FROM added a WHERE a.group_key IS NOT NULL AND a.state = 'available';
    IF v_groups IS NOT NULL THEN
        PERFORM {schema}.activate_groups(v_queues, v_groups, v_now);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION {schema}.tasks_changed() RETURNS trigger
LANGUAGE plpgsql SET enable_nestloop = off SET enable_hashjoin = on SET enable_mergejoin = off SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
DECLARE
    v_block   bigint := nextval('{schema}.task_event_blocks') * 65536;
    v_refused text;
    v_queues  text[];
    v_groups  text[];
    v_over    bigint[];
    v_now     bigint;
BEGIN
    WITH moved AS MATERIALIZED (
        SELECT a.seq, a.id, a.queue, a.group_key, b.state AS from_state, a.state AS to_state, a.lease_id, a.changed_at, a.worker_name, a.container_name,
            a.crashes > b.crashes AS crashed, b.started_at, b.lease_id AS old_lease_id, b.worker_id AS old_worker_id, b.worker_name AS old_worker,
            b.container_name AS old_container
        FROM before b JOIN after a ON a.seq = b.seq
        WHERE a.state <> b.state),
    events AS (
        INSERT INTO {schema}.task_events (id, task_seq, lease_id, created_at, written_at, from_state, to_state, worker_name, container_name)
        SELECT v_block + row_number() OVER (ORDER BY m.seq), m.seq, m.lease_id, m.changed_at, (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint),
            m.from_state, m.to_state, m.worker_name, m.container_name
        FROM moved m),
    leases AS (
        INSERT INTO {schema}.container_tasks (task_seq, lease_id, started_at, ended_at, created_at, outcome, worker_id, worker_name, container_name)
        SELECT m.seq, m.old_lease_id, m.started_at, m.changed_at, m.changed_at,
            CASE WHEN m.crashed THEN 'crashed'
                WHEN m.to_state IN ('completed', 'cancelled') THEN m.to_state
                WHEN m.to_state IN ('available', 'scheduled') THEN 'released'
                ELSE 'failed' END,
            m.old_worker_id, m.old_worker, m.old_container
        FROM moved m WHERE m.from_state = 'running'),
    deltas AS (
        INSERT INTO {schema}.queue_counter_deltas (queue, state, delta, created_at)
        SELECT d.queue, d.state, sum(d.delta), max(d.changed_at)
        FROM (SELECT m.queue, m.from_state AS state, -1 AS delta, m.changed_at FROM moved m
            UNION ALL SELECT m.queue, m.to_state, 1, m.changed_at FROM moved m) d
        GROUP BY d.queue, d.state HAVING sum(d.delta) <> 0)
    SELECT
        min(m.from_state || ' to ' || m.to_state) FILTER (WHERE NOT CASE m.from_state
            WHEN 'available' THEN m.to_state IN ('running', 'scheduled', 'cancelled', 'discarded')
            WHEN 'running'   THEN m.to_state IN ('completed', 'retryable', 'available', 'scheduled', 'cancelled', 'discarded')
            WHEN 'scheduled' THEN m.to_state IN ('available', 'cancelled', 'discarded')
            WHEN 'retryable' THEN m.to_state IN ('available', 'scheduled', 'cancelled', 'discarded')
            WHEN 'blocked'   THEN m.to_state IN ('available', 'scheduled', 'completed', 'cancelled', 'discarded')
            WHEN 'cancelled' THEN m.to_state IN ('available', 'scheduled', 'blocked')
            WHEN 'discarded' THEN m.to_state IN ('available', 'scheduled', 'blocked')
            ELSE false END),
        array_agg(m.queue) FILTER (WHERE m.to_state = 'available' AND m.group_key IS NOT NULL),
        array_agg(m.group_key) FILTER (WHERE m.to_state = 'available' AND m.group_key IS NOT NULL),
        array_agg(m.seq) FILTER (WHERE m.from_state = 'running'),
        max(m.changed_at)
    INTO v_refused, v_queues, v_groups, v_over, v_now
    FROM moved m;
    IF v_refused IS NOT NULL THEN
        RAISE EXCEPTION 'no such change of state: %', v_refused USING ERRCODE = 'check_violation';
    END IF;
    IF v_over IS NOT NULL THEN
        DELETE FROM {schema}.task_leases l WHERE l.task_seq = ANY (v_over);
    END IF;
    IF v_groups IS NOT NULL THEN
        PERFORM {schema}.activate_groups(v_queues, v_groups, v_now);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION {schema}.tasks_deleted() RETURNS trigger
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
BEGIN
    INSERT INTO {schema}.queue_counter_deltas (queue, state, delta, created_at)
    SELECT d.queue, d.state, -count(*), max(d.changed_at) FROM deleted d GROUP BY d.queue, d.state;
    DELETE FROM {schema}.task_bodies t USING deleted d WHERE t.seq = d.seq;
    DELETE FROM {schema}.task_events t USING deleted d WHERE t.task_seq = d.seq;
    DELETE FROM {schema}.task_leases t USING deleted d WHERE t.task_seq = d.seq;
    DELETE FROM {schema}.container_tasks t USING deleted d WHERE t.task_seq = d.seq;
    DELETE FROM {schema}.task_progress t USING deleted d WHERE t.task_seq = d.seq;
    DELETE FROM {schema}.task_log_lines t USING deleted d WHERE t.task_seq = d.seq;
    DELETE FROM {schema}.task_dependencies t USING deleted d WHERE t.task_seq = d.seq;
    RETURN NULL;
END $$;

CREATE TRIGGER tasks_added AFTER INSERT ON {schema}.tasks
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION {schema}.tasks_added();

CREATE TRIGGER tasks_changed AFTER UPDATE ON {schema}.tasks
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION {schema}.tasks_changed();

CREATE TRIGGER tasks_deleted AFTER DELETE ON {schema}.tasks
    REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION {schema}.tasks_deleted();

-- Adds the deltas up. Whoever comes while another one does it has nothing to do.
CREATE FUNCTION {schema}.fold_counters(p_now bigint) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    IF pg_try_advisory_xact_lock('{schema}.queue_counters'::regclass::oid::int, 0) THEN
        WITH taken AS (
            DELETE FROM {schema}.queue_counter_deltas d
            WHERE d.ctid = ANY (ARRAY(SELECT o.ctid FROM {schema}.queue_counter_deltas o LIMIT 10000 FOR UPDATE SKIP LOCKED))
            RETURNING d.queue, d.state, d.delta)
        INSERT INTO {schema}.queue_counters AS c (queue, state, count, created_at)
        SELECT t.queue, t.state, sum(t.delta), p_now FROM taken t GROUP BY t.queue, t.state ORDER BY t.queue, t.state
        ON CONFLICT (queue, state) DO UPDATE SET count = c.count + excluded.count;
    END IF;
END $$;
