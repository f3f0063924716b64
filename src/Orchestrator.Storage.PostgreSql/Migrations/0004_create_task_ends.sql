-- Moves what depends on tasks that ended, in the transaction that ended them: released, cancelled, or still waiting. The plan's row is locked before anything is
-- looked at, so that of two tasks that end at once the later sees the earlier. p_ended: tasks that ended; p_blocked: tasks to be looked at from scratch.
CREATE FUNCTION {schema}.advance_plans(p_ended bigint[], p_blocked bigint[], p_now bigint) RETURNS text[]
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
DECLARE
    v_plans     text[];
    v_ended     bigint[] := p_ended;
    v_children  bigint[] := p_blocked;
    v_met       bigint[];
    v_unmet     bigint[];
    v_causes    text[];
    v_queues    text[] := '{}';
BEGIN
    SELECT array_agg(DISTINCT t.plan_id) INTO v_plans FROM {schema}.tasks t WHERE t.seq = ANY (coalesce(p_ended, '{}') || coalesce(p_blocked, '{}')) AND t.plan_id IS NOT NULL;
    IF v_plans IS NULL THEN
        RETURN v_queues;
    END IF;
    PERFORM FROM {schema}.task_plans p WHERE p.id = ANY (v_plans) ORDER BY p.id FOR NO KEY UPDATE;

    LOOP
        IF v_ended IS NOT NULL THEN
            SELECT array_agg(DISTINCT d.task_seq) INTO v_children
            FROM unnest(v_ended) AS e (seq) JOIN {schema}.task_dependencies d ON d.depends_on_seq = e.seq JOIN {schema}.tasks t ON t.seq = d.task_seq
            WHERE t.state = 'blocked' AND NOT t.is_gate_open;
        END IF;
        EXIT WHEN v_children IS NULL;

        -- What ended before left the question open: of tasks that ended just now it is enough to look at those.
        WITH judged AS MATERIALIZED (
            SELECT t.seq,
                CASE t.plan_condition
                    WHEN 'all_finished' THEN CASE WHEN open.any THEN 0 ELSE 1 END
                    WHEN 'any_succeeded' THEN CASE WHEN done.any THEN 1 WHEN open.any THEN 0 ELSE 2 END
                    WHEN 'any_failed' THEN CASE WHEN failed.name IS NOT NULL THEN 1 WHEN open.any THEN 0 ELSE 2 END
                    ELSE CASE WHEN failed.name IS NOT NULL THEN 2 WHEN open.any THEN 0 ELSE 1 END END AS verdict,
                failed.name AS cause
            FROM unnest(v_children) AS c (seq) JOIN {schema}.tasks t ON t.seq = c.seq
            CROSS JOIN LATERAL (SELECT EXISTS (
                SELECT FROM {schema}.task_dependencies d JOIN {schema}.tasks p ON p.seq = d.depends_on_seq
                WHERE d.task_seq = t.seq AND p.state NOT IN ('completed', 'cancelled', 'discarded')) AS any) open
            CROSS JOIN LATERAL (SELECT EXISTS (
                SELECT FROM {schema}.task_dependencies d JOIN {schema}.tasks p ON p.seq = d.depends_on_seq
                WHERE d.task_seq = t.seq AND p.state = 'completed' AND (v_ended IS NULL OR d.depends_on_seq = ANY (v_ended))) AS any) done
            LEFT JOIN LATERAL (
                SELECT p.id || ''', which it depends on, was ' || p.state AS name
                FROM {schema}.task_dependencies d JOIN {schema}.tasks p ON p.seq = d.depends_on_seq
                WHERE d.task_seq = t.seq AND p.state IN ('cancelled', 'discarded') AND (v_ended IS NULL OR d.depends_on_seq = ANY (v_ended))
                LIMIT 1) failed ON true
            WHERE t.state = 'blocked')
        SELECT array_agg(j.seq) FILTER (WHERE j.verdict = 1), array_agg(j.seq) FILTER (WHERE j.verdict = 2), array_agg(j.cause) FILTER (WHERE j.verdict = 2)
        INTO v_met, v_unmet, v_causes
        FROM judged j;
        IF v_met IS NOT NULL THEN
            v_queues := v_queues || {schema}.unblock_tasks(v_met, p_now);
        END IF;
        EXIT WHEN v_unmet IS NULL;

        UPDATE {schema}.tasks t SET state = 'cancelled', finished_at = p_now, changed_at = p_now WHERE t.seq = ANY (v_unmet) AND t.state = 'blocked';
        UPDATE {schema}.task_bodies b
        SET failure = json_build_object(
            'code', 'dependency_unmet',
            'message', coalesce('Task ''' || u.cause || ': it cannot run any more.', 'What it depends on ended so that it cannot run any more.'),
            'retryable', false)::text
        FROM unnest(v_unmet, v_causes) AS u (seq, cause) WHERE b.seq = u.seq;
        v_ended := v_unmet;
    END LOOP;

    UPDATE {schema}.task_plans p SET finished_at = p_now
    WHERE p.id = ANY (v_plans) AND p.finished_at IS NULL
        AND NOT EXISTS (SELECT FROM {schema}.tasks t WHERE t.open_plan_id = p.id);
    RETURN v_queues;
END $$;

-- Lets blocked tasks go on their way: to the workers, or, when they are gates, to a person. A task with a window goes by way of scheduled: whoever promotes it
-- looks whether the window is open.
CREATE FUNCTION {schema}.unblock_tasks(p_seqs bigint[], p_now bigint) RETURNS text[]
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
DECLARE
    v_queues text[];
BEGIN
    UPDATE {schema}.tasks t SET is_gate_open = true WHERE t.seq = ANY (p_seqs) AND t.state = 'blocked' AND t.is_gate;
    WITH released AS (
        UPDATE {schema}.tasks t
        SET state = CASE WHEN t.available_at > p_now OR t.time_window IS NOT NULL THEN 'scheduled' ELSE 'available' END,
            available_at = greatest(t.available_at, p_now), rank = greatest(t.available_at, p_now) - t.priority * t.ageing,
            closes_at = CASE WHEN t.time_window IS NOT NULL THEN 0 END, changed_at = p_now
        WHERE t.seq = ANY (p_seqs) AND t.state = 'blocked' AND NOT t.is_gate
        RETURNING t.queue)
    SELECT coalesce(array_agg(DISTINCT r.queue), '{}') INTO v_queues FROM released r;
    RETURN v_queues;
END $$;

-- Ends leases. Kinds of ends: 1 completed, 2 failed, 3 released, 4 cancelled. No lease may stand twice in the list. Answers with kind 0 and the lease for each that was lost.
CREATE FUNCTION {schema}.end_tasks(
    p_now bigint, p_ids text[], p_leases bigint[], p_kinds integer[], p_results text[], p_failures text[], p_retryable boolean[], p_delays bigint[])
RETURNS SETOF {schema}.task_change
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
DECLARE
    v_ids     text[];
    v_held    bigint[];
    v_planned bigint[];
    v_failed  bigint[];
    v_queues  text[];
    v_windows text[];
BEGIN
    WITH ends AS MATERIALIZED (
        SELECT * FROM unnest(p_ids, p_leases, p_kinds, p_results, p_failures, p_retryable, p_delays) AS e (id, lease_id, kind, result, failure, retryable, delay)),
    ended AS (
        UPDATE {schema}.tasks t
        SET state = CASE
                WHEN e.kind = 1 THEN 'completed'
                WHEN e.kind = 4 THEN 'cancelled'
                WHEN e.kind = 2 AND (NOT e.retryable OR t.attempt >= t.max_attempts) THEN 'discarded'
                WHEN t.cancel_requested THEN 'cancelled'
                WHEN e.kind = 2 THEN 'retryable'
                WHEN e.delay > 0 THEN 'scheduled'
                ELSE 'available' END,
            finished_at = CASE
                WHEN e.kind IN (1, 4) OR t.cancel_requested OR (e.kind = 2 AND (NOT e.retryable OR t.attempt >= t.max_attempts)) THEN p_now END,
            available_at = CASE
                WHEN e.kind IN (1, 4) OR t.cancel_requested THEN t.available_at
                WHEN (e.kind = 2 AND e.retryable AND t.attempt < t.max_attempts) OR (e.kind = 3 AND e.delay > 0) THEN p_now + e.delay
                ELSE t.available_at END,
            rank = CASE
                WHEN e.kind IN (1, 4) OR t.cancel_requested THEN t.rank
                WHEN (e.kind = 2 AND e.retryable AND t.attempt < t.max_attempts) OR (e.kind = 3 AND e.delay > 0) THEN p_now + e.delay - t.priority * t.ageing
                ELSE t.rank END,
            closes_at = CASE
                WHEN t.time_window IS NULL THEN NULL
                WHEN e.kind IN (1, 4) OR t.cancel_requested THEN t.closes_at
                WHEN (e.kind = 2 AND e.retryable AND t.attempt < t.max_attempts) OR (e.kind = 3 AND e.delay > 0) THEN 0
                ELSE t.closes_at END,
            attempt = CASE WHEN e.kind = 3 THEN t.attempt - 1 ELSE t.attempt END,
            cancel_requested = false, release_requested = false, changed_at = p_now
        FROM ends e
        WHERE t.id = e.id AND t.lease_id = e.lease_id AND t.state = 'running'
        RETURNING t.seq, t.id, t.lease_id, t.queue, t.state, t.plan_id, t.closes_at, e.kind, e.result, e.failure),
    kept AS (
        UPDATE {schema}.task_bodies b
        SET result = CASE WHEN e.kind = 2 THEN coalesce(e.result, b.result) ELSE e.result END, failure = e.failure
        FROM ended e
        WHERE b.seq = e.seq AND (e.kind = 2 OR (e.kind <> 3 AND (e.result IS NOT NULL OR e.lease_id > 1))))
    SELECT array_agg(e.id), array_agg(e.lease_id),
        array_agg(e.seq) FILTER (WHERE e.plan_id IS NOT NULL AND e.state IN ('completed', 'cancelled', 'discarded')),
        array_agg(e.seq) FILTER (WHERE e.kind = 2),
        array_agg(DISTINCT e.queue) FILTER (WHERE e.state IN ('available', 'scheduled', 'retryable')),
        array_agg(DISTINCT e.queue) FILTER (WHERE e.state IN ('scheduled', 'retryable') AND e.closes_at = 0)
    INTO v_ids, v_held, v_planned, v_failed, v_queues, v_windows
    FROM ended e;
    IF v_failed IS NOT NULL THEN
        UPDATE {schema}.container_tasks c SET failure = e.failure
        FROM unnest(p_ids, p_leases, p_failures) AS e (id, lease_id, failure) JOIN {schema}.tasks t ON t.id = e.id
        WHERE c.task_seq = t.seq AND c.lease_id = e.lease_id AND t.seq = ANY (v_failed);
    END IF;
    IF v_planned IS NOT NULL THEN
        v_queues := coalesce(v_queues, '{}') || {schema}.advance_plans(v_planned, NULL, p_now);
    END IF;
    IF coalesce(cardinality(v_ids), 0) < cardinality(p_ids) THEN
        RETURN QUERY SELECT 0, n.name, n.lease_id FROM (
            SELECT e.name, e.lease_id FROM unnest(p_ids, p_leases) AS e (name, lease_id) EXCEPT SELECT h.name, h.lease_id FROM unnest(v_ids, v_held) AS h (name, lease_id)) n;
    END IF;
    RETURN QUERY SELECT DISTINCT 1, n.name, NULL::bigint FROM unnest(v_queues) AS n (name);
    RETURN QUERY SELECT DISTINCT 2, n.name, NULL::bigint FROM unnest(v_queues) AS n (name)
    WHERE v_planned IS NOT NULL AND EXISTS (
        SELECT FROM {schema}.tasks t WHERE t.queue = n.name AND t.closes_at = 0 AND t.closes_at IS NOT NULL AND t.stage IN ('available', 'scheduled', 'retryable'))
    UNION SELECT 2, n.name, NULL::bigint FROM unnest(v_windows) AS n (name);
END $$;

-- Heartbeats. Without p_wait rows that others hold are left out: whoever waits for a row while it holds others may stand in a circle of those who wait. They are
-- renewed one by one then, with p_wait.
CREATE FUNCTION {schema}.renew_leases(p_until bigint, p_ids text[], p_leases bigint[], p_wait boolean)
RETURNS TABLE (task_id text, task_lease bigint, cancelled boolean, released boolean)
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
BEGIN
    IF p_wait THEN
        RETURN QUERY
        UPDATE {schema}.task_leases h SET lease_until = p_until
        FROM unnest(p_ids, p_leases) AS l (id, lease_id) JOIN {schema}.tasks t ON t.id = l.id
        WHERE t.lease_id = l.lease_id AND t.state = 'running' AND h.task_seq = t.seq
        RETURNING t.id, t.lease_id, t.cancel_requested, t.release_requested;
    ELSE
        RETURN QUERY
        WITH held AS MATERIALIZED (
            SELECT t.seq, t.id, t.lease_id, t.cancel_requested, t.release_requested
            FROM unnest(p_ids, p_leases) AS l (id, lease_id) JOIN {schema}.tasks t ON t.id = l.id JOIN {schema}.task_leases h ON h.task_seq = t.seq
            WHERE t.lease_id = l.lease_id AND t.state = 'running' FOR NO KEY UPDATE OF h SKIP LOCKED)
        UPDATE {schema}.task_leases l SET lease_until = p_until FROM held h WHERE l.task_seq = h.seq
        RETURNING h.id, h.lease_id, h.cancel_requested, h.release_requested;
    END IF;
END $$;

-- Takes back what a dead worker holds, or what nobody renewed: kind 0 for each task.
CREATE FUNCTION {schema}.reclaim_tasks(p_worker_id text, p_now bigint, p_max_crashes integer, p_failure text)
RETURNS SETOF {schema}.task_change
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
DECLARE
    v_seqs    bigint[];
    v_planned bigint[];
    v_dead    bigint[];
    v_queues  text[];
BEGIN
    IF p_worker_id IS NULL THEN
        SELECT array_agg(r.seq) INTO v_seqs FROM (
            SELECT t.seq FROM {schema}.task_leases l JOIN {schema}.tasks t ON t.seq = l.task_seq
            WHERE l.lease_until <= p_now AND t.state = 'running' LIMIT 1000 FOR UPDATE OF t, l SKIP LOCKED) r;
    ELSE
        SELECT array_agg(r.seq) INTO v_seqs FROM (
            SELECT t.seq FROM {schema}.task_leases l JOIN {schema}.tasks t ON t.seq = l.task_seq
            WHERE l.worker_id = p_worker_id AND t.state = 'running' AND t.worker_id = p_worker_id ORDER BY t.id FOR UPDATE OF t) r;
    END IF;
    IF v_seqs IS NULL THEN
        RETURN;
    END IF;
    WITH reclaimed AS (
        UPDATE {schema}.tasks t
        SET state = CASE WHEN t.cancel_requested THEN 'cancelled' WHEN t.crashes >= p_max_crashes THEN 'discarded' ELSE 'available' END,
            finished_at = CASE WHEN t.cancel_requested OR t.crashes >= p_max_crashes THEN p_now END,
            crashes = t.crashes + 1, attempt = t.attempt - 1, cancel_requested = false, release_requested = false, changed_at = p_now
        WHERE t.seq = ANY (v_seqs) AND t.state = 'running'
        RETURNING t.seq, t.id, t.queue, t.state, t.plan_id)
    SELECT array_agg(r.seq), array_agg(r.seq) FILTER (WHERE r.plan_id IS NOT NULL AND r.state <> 'available'), array_agg(r.seq) FILTER (WHERE r.state = 'discarded'),
        coalesce(array_agg(DISTINCT r.queue) FILTER (WHERE r.state = 'available'), '{}')
    INTO v_seqs, v_planned, v_dead, v_queues
    FROM reclaimed r;
    IF v_dead IS NOT NULL THEN
        UPDATE {schema}.task_bodies b SET failure = p_failure WHERE b.seq = ANY (v_dead);
        UPDATE {schema}.container_tasks c SET failure = p_failure
        FROM {schema}.tasks t WHERE t.seq = ANY (v_dead) AND c.task_seq = t.seq AND c.lease_id = t.lease_id;
    END IF;
    IF v_planned IS NOT NULL THEN
        v_queues := v_queues || {schema}.advance_plans(v_planned, NULL, p_now);
    END IF;
    RETURN QUERY SELECT 0, t.id, t.seq FROM {schema}.tasks t WHERE t.seq = ANY (v_seqs);
    RETURN QUERY SELECT DISTINCT 1, n.name, NULL::bigint FROM unnest(v_queues) AS n (name);
    RETURN QUERY SELECT DISTINCT 2, n.name, NULL::bigint FROM unnest(v_queues) AS n (name)
    WHERE v_planned IS NOT NULL AND EXISTS (
        SELECT FROM {schema}.tasks t WHERE t.queue = n.name AND t.closes_at = 0 AND t.closes_at IS NOT NULL AND t.stage IN ('available', 'scheduled', 'retryable'));
END $$;

-- Discards waiting tasks whose deadline passed, up to p_limit.
CREATE FUNCTION {schema}.discard_overdue(p_now bigint, p_limit integer, p_failure text)
RETURNS SETOF {schema}.task_change
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
DECLARE
    v_plans   text[];
    v_seqs    bigint[];
    v_planned bigint[];
    v_queues  text[] := '{}';
BEGIN
    SELECT array_agg(DISTINCT o.plan_id) INTO v_plans FROM (
        SELECT t.plan_id FROM {schema}.tasks t
        WHERE t.deadline IS NOT NULL AND t.deadline <= p_now AND t.stage IN ('available', 'scheduled', 'retryable', 'blocked') LIMIT p_limit) o
    WHERE o.plan_id IS NOT NULL;
    IF v_plans IS NOT NULL THEN
        PERFORM FROM {schema}.task_plans p WHERE p.id = ANY (v_plans) ORDER BY p.id FOR NO KEY UPDATE;
    END IF;
    WITH overdue AS MATERIALIZED (
        SELECT t.seq FROM {schema}.tasks t
        WHERE t.deadline IS NOT NULL AND t.deadline <= p_now AND t.stage IN ('available', 'scheduled', 'retryable', 'blocked')
            AND (t.plan_id IS NULL OR t.plan_id = ANY (v_plans))
        LIMIT p_limit FOR UPDATE SKIP LOCKED),
    discarded AS (
        UPDATE {schema}.tasks t SET state = 'discarded', finished_at = p_now, changed_at = p_now FROM overdue o WHERE t.seq = o.seq
        RETURNING t.seq, t.plan_id)
    SELECT array_agg(d.seq), array_agg(d.seq) FILTER (WHERE d.plan_id IS NOT NULL) INTO v_seqs, v_planned FROM discarded d;
    UPDATE {schema}.task_bodies b SET failure = p_failure WHERE b.seq = ANY (v_seqs);
    IF v_planned IS NOT NULL THEN
        v_queues := {schema}.advance_plans(v_planned, NULL, p_now);
    END IF;
    RETURN QUERY SELECT 0, t.id, t.seq FROM {schema}.tasks t WHERE t.seq = ANY (v_seqs);
    RETURN QUERY SELECT DISTINCT 1, n.name, NULL::bigint FROM unnest(v_queues) AS n (name);
    RETURN QUERY SELECT DISTINCT 2, n.name, NULL::bigint FROM unnest(v_queues) AS n (name)
    WHERE v_planned IS NOT NULL AND EXISTS (
        SELECT FROM {schema}.tasks t WHERE t.queue = n.name AND t.closes_at = 0 AND t.closes_at IS NOT NULL AND t.stage IN ('available', 'scheduled', 'retryable'));
END $$;
