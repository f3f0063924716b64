-- What workers do all the time, as functions: one round trip for a whole batch, and plans that do not depend on statistics of tables that change all the time.
-- Rows are locked in the order task, then plan, for what runs; plan, then task, for what waits: so nobody waits for one who waits for him.
CREATE TYPE {schema}.leased_task AS (
    seq bigint, id text, queue text, type text, payload text, state text, priority integer, attempt integer, max_attempts integer, crashes integer,
    lease_id bigint, cancel_requested boolean, checkpoint text, result text, failure text, percent double precision, message text, progress_at bigint,
    plan_id text, is_gate boolean, group_key text, slots integer, is_assigned boolean, assigned_worker text, assigned_container text, required_labels text,
    payload_version integer, timeout bigint, time_window text, deduplication_key text, trace_parent text, worker_name text, container_name text,
    created_at bigint, available_at bigint, started_at bigint, finished_at bigint, deadline bigint);

-- What a write did: kind 0 for a task that it took hold of, 1 for a queue that has more to do now, 2 for a queue with windows to be computed.
CREATE TYPE {schema}.task_change AS (kind integer, name text, seq bigint);

CREATE FUNCTION {schema}.promote_tasks(p_queue text, p_now bigint) RETURNS void
LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
BEGIN
    WITH due AS MATERIALIZED (
        SELECT t.seq FROM {schema}.tasks t
        WHERE t.queue = p_queue AND t.stage IN ('scheduled', 'retryable') AND t.available_at <= p_now AND (t.closes_at IS NULL OR t.closes_at > p_now)
        ORDER BY t.available_at LIMIT 1000 FOR UPDATE SKIP LOCKED)
    UPDATE {schema}.tasks t SET state = 'available', changed_at = p_now FROM due WHERE t.seq = due.seq;
END $$;

CREATE FUNCTION {schema}.lease_ready(
    p_queue text, p_now bigint, p_until bigint, p_count integer, p_slots integer, p_types text[], p_worker_id text, p_worker text, p_container text)
RETURNS SETOF {schema}.leased_task
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
BEGIN
    RETURN QUERY
    WITH heads AS MATERIALIZED (
        SELECT t.seq, t.rank, t.slots FROM {schema}.tasks t
        WHERE t.queue = p_queue AND t.stage = 'available' AND t.group_key IS NULL AND NOT t.is_assigned
            AND (t.deadline IS NULL OR t.deadline > p_now) AND (t.closes_at IS NULL OR t.closes_at > p_now) AND (p_types IS NULL OR t.type = ANY (p_types))
        ORDER BY t.rank, t.seq LIMIT p_count FOR UPDATE SKIP LOCKED),
    fitting AS (
        SELECT h.seq FROM heads h WHERE p_slots IS NULL
        UNION ALL
        SELECT s.seq FROM (SELECT h.seq, sum(h.slots) OVER (ORDER BY h.rank, h.seq) AS needed FROM heads h WHERE p_slots IS NOT NULL) s WHERE s.needed <= p_slots),
    leased AS (
        UPDATE {schema}.tasks t
        SET state = 'running', attempt = t.attempt + 1, lease_id = t.lease_id + 1, started_at = p_now, changed_at = p_now,
            cancel_requested = false, release_requested = false, worker_id = p_worker_id, worker_name = p_worker, container_name = p_container
        FROM fitting f WHERE t.seq = f.seq
        RETURNING t.*),
    held AS (
        INSERT INTO {schema}.task_leases (task_seq, lease_until, slots, queue, group_key, worker_id, worker_name, container_name, created_at)
        SELECT l.seq, p_until, l.slots, l.queue, l.group_key, p_worker_id, p_worker, p_container, p_now FROM leased l)
    SELECT l.seq, l.id, l.queue, l.type, b.payload, l.state, l.priority, l.attempt, l.max_attempts, l.crashes, l.lease_id, l.cancel_requested, b.checkpoint,
        b.result, b.failure, p.percent, p.message, p.created_at, l.plan_id, l.is_gate, l.group_key, l.slots, l.is_assigned, l.assigned_worker,
        l.assigned_container, l.required_labels, l.payload_version, l.timeout, l.time_window, l.deduplication_key, l.trace_parent, l.worker_name,
        l.container_name, l.created_at, l.available_at, l.started_at, l.finished_at, l.deadline
    FROM leased l JOIN {schema}.task_bodies b ON b.seq = l.seq LEFT JOIN {schema}.task_progress p ON p.task_seq = l.seq
    ORDER BY l.rank, l.seq;
END $$;

-- Takes tasks that are known, in their order. Those that somebody else has got hold of are left out.
CREATE FUNCTION {schema}.lease_chosen(p_seqs bigint[], p_now bigint, p_until bigint, p_worker_id text, p_worker text, p_container text)
RETURNS SETOF {schema}.leased_task
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
BEGIN
    RETURN QUERY
    WITH chosen AS MATERIALIZED (
        SELECT t.seq, c.place FROM unnest(p_seqs) WITH ORDINALITY AS c (seq, place) JOIN {schema}.tasks t ON t.seq = c.seq
        WHERE t.state = 'available' FOR UPDATE OF t SKIP LOCKED),
    leased AS (
        UPDATE {schema}.tasks t
        SET state = 'running', attempt = t.attempt + 1, lease_id = t.lease_id + 1, started_at = p_now, changed_at = p_now,
            cancel_requested = false, release_requested = false, worker_id = p_worker_id, worker_name = p_worker, container_name = p_container
        FROM chosen c WHERE t.seq = c.seq
        RETURNING t.*, c.place),
    held AS (
        INSERT INTO {schema}.task_leases (task_seq, lease_until, slots, queue, group_key, worker_id, worker_name, container_name, created_at)
        SELECT l.seq, p_until, l.slots, l.queue, l.group_key, p_worker_id, p_worker, p_container, p_now FROM leased l)
    SELECT l.seq, l.id, l.queue, l.type, b.payload, l.state, l.priority, l.attempt, l.max_attempts, l.crashes, l.lease_id, l.cancel_requested, b.checkpoint,
        b.result, b.failure, p.percent, p.message, p.created_at, l.plan_id, l.is_gate, l.group_key, l.slots, l.is_assigned, l.assigned_worker,
        l.assigned_container, l.required_labels, l.payload_version, l.timeout, l.time_window, l.deduplication_key, l.trace_parent, l.worker_name,
        l.container_name, l.created_at, l.available_at, l.started_at, l.finished_at, l.deadline
    FROM leased l JOIN {schema}.task_bodies b ON b.seq = l.seq LEFT JOIN {schema}.task_progress p ON p.task_seq = l.seq
    ORDER BY l.place;
END $$;

-- Which worker may take a task.
CREATE FUNCTION {schema}.is_for(
    p_assigned boolean, p_assigned_worker text, p_assigned_container text, p_required text, p_worker text, p_container text, p_labels jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
    SELECT NOT p_assigned
        OR ((p_assigned_worker IS NULL OR p_assigned_worker = p_worker) AND (p_assigned_container IS NULL OR p_assigned_container = p_container)
            AND (p_required IS NULL OR p_labels @> p_required::jsonb))
$$;

-- Leases where there is more to look at than one list: groups that take turns, limits, assigned tasks, one named task. One caller a queue at a time, and every
-- statement sees what the callers before committed: so limits are exact, and turns are fair.
CREATE FUNCTION {schema}.lease_in_turn(
    p_queue text, p_now bigint, p_until bigint, p_count integer, p_slots integer, p_types text[], p_task text, p_worker_id text, p_worker text, p_container text,
    p_labels jsonb)
RETURNS SETOF {schema}.leased_task
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
DECLARE
    v_queue   {schema}.task_queues;
    v_only    {schema}.tasks;
    v_left    integer := p_count;
    v_room    bigint := coalesce(p_slots, 1000000000);
    v_seqs    bigint[];
    v_ranks   bigint[];
    v_slots   integer[];
    v_gseqs   bigint[];
    v_granks  bigint[];
    v_gslots  integer[];
    v_gkeys   text[];
    v_gstarts double precision[];
    v_time    double precision;
    v_reached double precision;
    v_picked  bigint[];
    v_ended   boolean;
    v_taken   integer;
    i         integer;
    j         integer;
    v_task    {schema}.leased_task;
    v_keys    text[];
    v_sizes   integer[];
BEGIN
    PERFORM pg_advisory_xact_lock('{schema}.tasks'::regclass::oid::int, hashtext(p_queue));
    SELECT * INTO v_queue FROM {schema}.task_queues q WHERE q.queue = p_queue;
    IF v_queue.is_paused THEN
        RETURN;
    END IF;
    IF v_queue.max_running IS NOT NULL THEN
        v_room := least(v_room, v_queue.max_running - (SELECT coalesce(sum(l.slots), 0) FROM {schema}.task_leases l WHERE l.queue = p_queue));
    END IF;
    IF p_task IS NOT NULL THEN
        SELECT * INTO v_only FROM {schema}.tasks t WHERE t.id = p_task AND t.queue = p_queue;
        IF NOT FOUND THEN
            RETURN;
        END IF;
    END IF;

    SELECT coalesce(max(q.virtual_time), 0) INTO v_time FROM {schema}.task_turns q WHERE q.queue = p_queue;
    WHILE v_left > 0 AND v_room > 0 LOOP
        -- The list of tasks without a group.
        IF p_task IS NULL THEN
            SELECT array_agg(c.seq ORDER BY c.rank, c.seq), array_agg(c.rank ORDER BY c.rank, c.seq), array_agg(c.slots ORDER BY c.rank, c.seq)
            INTO v_seqs, v_ranks, v_slots
            FROM (
                (SELECT t.seq, t.rank, t.slots FROM {schema}.tasks t
                    WHERE t.queue = p_queue AND t.stage = 'available' AND t.group_key IS NULL AND NOT t.is_assigned
                        AND (t.deadline IS NULL OR t.deadline > p_now) AND (t.closes_at IS NULL OR t.closes_at > p_now) AND (p_types IS NULL OR t.type = ANY (p_types))
                    ORDER BY t.rank, t.seq LIMIT v_left)
                UNION ALL
                SELECT a.seq, a.rank, a.slots FROM (VALUES (p_worker, p_container), (p_worker, ''), ('', p_container), ('', '')) AS l (worker, container)
                CROSS JOIN LATERAL (
                    SELECT t.seq, t.rank, t.slots FROM {schema}.tasks t
                    WHERE t.queue = p_queue AND t.stage = 'available' AND t.group_key IS NULL AND t.is_assigned
                        AND coalesce(t.assigned_worker, '') = l.worker AND coalesce(t.assigned_container, '') = l.container
                        AND (t.deadline IS NULL OR t.deadline > p_now) AND (t.closes_at IS NULL OR t.closes_at > p_now) AND (p_types IS NULL OR t.type = ANY (p_types))
                        AND {schema}.is_for(true, t.assigned_worker, t.assigned_container, t.required_labels, p_worker, p_container, p_labels)
                    ORDER BY t.rank, t.seq LIMIT v_left) a) c;
        ELSE
            SELECT array_agg(t.seq), array_agg(t.rank), array_agg(t.slots) INTO v_seqs, v_ranks, v_slots
            FROM {schema}.tasks t
            WHERE t.seq = v_only.seq AND t.stage = 'available' AND t.group_key IS NULL
                AND (t.deadline IS NULL OR t.deadline > p_now) AND (t.closes_at IS NULL OR t.closes_at > p_now) AND (p_types IS NULL OR t.type = ANY (p_types))
                AND {schema}.is_for(t.is_assigned, t.assigned_worker, t.assigned_container, t.required_labels, p_worker, p_container, p_labels);
        END IF;

        -- The lists of the groups, merged by whose turn it is: a group's next turn comes slots / weight later. One that was held up begins at the queue's time.
        WITH busy AS MATERIALIZED (
            SELECT l.group_key, sum(l.slots) AS slots FROM {schema}.task_leases l
            WHERE l.queue = p_queue AND l.group_key IS NOT NULL GROUP BY l.group_key),
        turns AS MATERIALIZED (
            SELECT g.group_key, greatest(g.virtual_time, v_time) AS virtual_time, g.weight, s.room, floor(s.tokens + 0.000001) AS tokens
            FROM {schema}.task_groups g
            LEFT JOIN busy ON busy.group_key = g.group_key
            CROSS JOIN LATERAL (
                SELECT least(v_room, coalesce(g.max_running, v_queue.max_running_per_group, 1000000000) - coalesce(busy.slots, 0)) AS room,
                    {schema}.tokens_of(g, v_queue, p_now) AS tokens) s
            CROSS JOIN LATERAL (
                SELECT t.slots FROM {schema}.tasks t
                WHERE t.queue = p_queue AND t.stage = 'available' AND t.group_key = g.group_key AND t.group_key IS NOT NULL
                    AND (t.deadline IS NULL OR t.deadline > p_now) AND (t.closes_at IS NULL OR t.closes_at > p_now) AND (p_types IS NULL OR t.type = ANY (p_types))
                    AND {schema}.is_for(t.is_assigned, t.assigned_worker, t.assigned_container, t.required_labels, p_worker, p_container, p_labels)
                    AND (p_task IS NULL OR t.seq = v_only.seq)
                ORDER BY t.rank, t.seq LIMIT 1) head
            WHERE g.queue = p_queue AND g.is_active AND (p_task IS NULL OR g.group_key = v_only.group_key) AND head.slots <= s.room AND s.tokens >= 0.999999
            ORDER BY greatest(g.virtual_time, v_time), g.virtual_time, g.group_key LIMIT v_left FOR NO KEY UPDATE OF g SKIP LOCKED),
        lists AS (
            SELECT u.group_key, u.virtual_time, u.weight, u.room, t.seq, t.rank, t.slots,
                sum(t.slots) OVER (PARTITION BY u.group_key ORDER BY t.rank, t.seq) AS needed
            FROM turns u
            CROSS JOIN LATERAL (
                SELECT t.seq, t.rank, t.slots FROM {schema}.tasks t
                WHERE t.queue = p_queue AND t.stage = 'available' AND t.group_key = u.group_key AND t.group_key IS NOT NULL
                    AND (t.deadline IS NULL OR t.deadline > p_now) AND (t.closes_at IS NULL OR t.closes_at > p_now) AND (p_types IS NULL OR t.type = ANY (p_types))
                    AND {schema}.is_for(t.is_assigned, t.assigned_worker, t.assigned_container, t.required_labels, p_worker, p_container, p_labels)
                    AND (p_task IS NULL OR t.seq = v_only.seq)
                ORDER BY t.rank, t.seq LIMIT least(v_left, u.tokens, u.room)) t),
        merged AS (
            SELECT l.group_key, l.seq, l.rank, l.slots, l.virtual_time + (l.needed - l.slots) / l.weight::double precision AS start,
                row_number() OVER (ORDER BY l.virtual_time + (l.needed - l.slots) / l.weight::double precision, l.group_key, l.needed) AS place
            FROM lists l WHERE l.needed <= l.room)
        SELECT array_agg(m.seq ORDER BY m.place), array_agg(m.rank ORDER BY m.place), array_agg(m.slots ORDER BY m.place), array_agg(m.group_key ORDER BY m.place),
            array_agg(m.start ORDER BY m.place)
        INTO v_gseqs, v_granks, v_gslots, v_gkeys, v_gstarts
        FROM merged m;

        -- Both lists pick by pick: the lower rank of the two heads goes first; a head that does not fit stops its list.
        i := 1;
        j := 1;
        v_picked := '{}';
        v_ended := false;
        v_taken := v_left;
        v_reached := v_time;
        WHILE v_taken > 0 LOOP
            -- Whose turn it is then, of all the groups, has to be looked up anew. Something was picked: every head fitted at first.
            EXIT WHEN i <= coalesce(cardinality(v_gseqs), 0) AND v_gslots[i] > v_room;
            IF NOT v_ended AND j <= coalesce(cardinality(v_seqs), 0) AND (i > coalesce(cardinality(v_gseqs), 0)
                OR v_ranks[j] < v_granks[i] OR (v_ranks[j] = v_granks[i] AND v_seqs[j] < v_gseqs[i])) THEN
                IF v_slots[j] > v_room THEN
                    v_ended := true;
                ELSE
                    v_picked := v_picked || v_seqs[j];
                    v_room := v_room - v_slots[j];
                    v_taken := v_taken - 1;
                    j := j + 1;
                END IF;
            ELSIF i <= coalesce(cardinality(v_gseqs), 0) THEN
                v_picked := v_picked || v_gseqs[i];
                v_reached := greatest(v_reached, v_gstarts[i]);
                v_room := v_room - v_gslots[i];
                v_taken := v_taken - 1;
                i := i + 1;
            ELSE
                EXIT;
            END IF;
        END LOOP;

        v_taken := 0;
        v_keys := '{}';
        v_sizes := '{}';
        FOR v_task IN SELECT * FROM {schema}.lease_chosen(v_picked, p_now, p_until, p_worker_id, p_worker, p_container) LOOP
            v_taken := v_taken + 1;
            IF v_task.group_key IS NOT NULL THEN
                v_keys := v_keys || v_task.group_key;
                v_sizes := v_sizes || v_task.slots;
            END IF;
            RETURN NEXT v_task;
        END LOOP;
        IF cardinality(v_keys) > 0 THEN
            UPDATE {schema}.task_groups g
            SET virtual_time = greatest(g.virtual_time, v_time) + s.slots / g.weight::double precision,
                tokens = CASE WHEN coalesce(g.rate_count, v_queue.rate_count) IS NULL THEN g.tokens ELSE greatest(0, {schema}.tokens_of(g, v_queue, p_now) - s.tasks) END,
                refilled_at = CASE WHEN coalesce(g.rate_count, v_queue.rate_count) IS NULL THEN g.refilled_at ELSE greatest(g.refilled_at, p_now) END
            FROM (SELECT k.group_key, sum(k.slots) AS slots, count(*) AS tasks FROM unnest(v_keys, v_sizes) AS k (group_key, slots) GROUP BY k.group_key) s
            WHERE g.queue = p_queue AND g.group_key = s.group_key;
            IF p_task IS NULL AND v_reached > v_time THEN
                INSERT INTO {schema}.task_turns AS q (queue, virtual_time, created_at) VALUES (p_queue, v_reached, p_now)
                ON CONFLICT (queue) DO UPDATE SET virtual_time = excluded.virtual_time;
            END IF;
            v_time := v_reached;
        END IF;
        v_left := v_left - v_taken;
        EXIT WHEN v_taken = 0 OR p_task IS NOT NULL;
    END LOOP;

    -- Groups that have nothing left rest. The lock keeps those out that are about to get something; the look after it sees what they committed.
    IF v_left > 0 AND p_task IS NULL THEN
        SELECT array_agg(r.group_key) INTO v_keys
        FROM (
            SELECT g.group_key FROM {schema}.task_groups g
            WHERE g.queue = p_queue AND g.is_active AND NOT EXISTS (
                SELECT FROM {schema}.tasks t WHERE t.queue = p_queue AND t.stage = 'available' AND t.group_key = g.group_key AND t.group_key IS NOT NULL)
            ORDER BY g.virtual_time LIMIT 100 FOR UPDATE SKIP LOCKED) r;
        IF v_keys IS NOT NULL THEN
            UPDATE {schema}.task_groups g SET is_active = false
            WHERE g.queue = p_queue AND g.group_key = ANY (v_keys) AND NOT EXISTS (
                SELECT FROM {schema}.tasks t WHERE t.queue = p_queue AND t.stage = 'available' AND t.group_key = g.group_key AND t.group_key IS NOT NULL);
        END IF;
    END IF;
END $$;

-- How many tasks a group may start now by its rate, which is its own or its queue's.
CREATE FUNCTION {schema}.tokens_of(p_group {schema}.task_groups, p_queue {schema}.task_queues, p_now bigint) RETURNS double precision
LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE
        WHEN r.rate IS NULL THEN 1000000000
        WHEN p_group.tokens IS NULL OR p_group.refilled_at IS NULL THEN r.size
        ELSE least(r.size, p_group.tokens + greatest(0, p_now - p_group.refilled_at) * r.rate / r.period) END
    FROM (
        SELECT CASE WHEN p_group.rate_count IS NULL THEN (p_queue).rate_count ELSE p_group.rate_count END::double precision AS rate,
            CASE WHEN p_group.rate_count IS NULL THEN (p_queue).rate_period ELSE p_group.rate_period END::double precision AS period,
            CASE WHEN p_group.rate_count IS NULL THEN coalesce((p_queue).rate_burst, (p_queue).rate_count)
                ELSE coalesce(p_group.rate_burst, p_group.rate_count) END::double precision AS size) r
$$;

-- Leases. The last row has no seq when windows of the queue have to be computed, after which there may be more to lease.
CREATE FUNCTION {schema}.lease_tasks(
    p_queue text, p_now bigint, p_until bigint, p_count integer, p_slots integer, p_types text[], p_task text, p_worker_id text, p_worker text, p_container text,
    p_labels jsonb)
RETURNS SETOF {schema}.leased_task
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
DECLARE
    v_due     boolean;
    v_special boolean;
    v_windows boolean;
BEGIN
    -- Whoever pauses or limits the queue waits until this is committed; what is looked at from here on has been set before.
    PERFORM pg_advisory_xact_lock_shared('{schema}.task_queues'::regclass::oid::int, hashtext(p_queue));
    SELECT
        EXISTS (SELECT FROM {schema}.tasks t WHERE t.queue = p_queue AND t.stage IN ('scheduled', 'retryable') AND t.available_at <= p_now),
        EXISTS (SELECT FROM {schema}.tasks t WHERE t.queue = p_queue AND t.closes_at <= p_now AND t.closes_at IS NOT NULL AND t.stage IN ('available', 'scheduled', 'retryable')
            AND (t.stage = 'available' OR t.available_at <= p_now))
    INTO v_due, v_windows;
    IF v_due THEN
        PERFORM {schema}.promote_tasks(p_queue, p_now);
    END IF;
    SELECT p_task IS NOT NULL
        OR EXISTS (SELECT FROM {schema}.task_queues q WHERE q.queue = p_queue AND (q.is_paused OR q.max_running IS NOT NULL))
        OR EXISTS (SELECT FROM {schema}.task_groups g WHERE g.queue = p_queue AND g.is_active)
        OR EXISTS (SELECT FROM {schema}.tasks t WHERE t.queue = p_queue AND t.stage = 'available' AND t.group_key IS NULL AND t.is_assigned)
    INTO v_special;
    IF v_special THEN
        RETURN QUERY SELECT * FROM {schema}.lease_in_turn(p_queue, p_now, p_until, p_count, p_slots, p_types, p_task, p_worker_id, p_worker, p_container, p_labels);
    ELSE
        RETURN QUERY SELECT * FROM {schema}.lease_ready(p_queue, p_now, p_until, p_count, p_slots, p_types, p_worker_id, p_worker, p_container);
    END IF;
    IF v_windows THEN
        RETURN NEXT NULL::{schema}.leased_task;
    END IF;
END $$;
