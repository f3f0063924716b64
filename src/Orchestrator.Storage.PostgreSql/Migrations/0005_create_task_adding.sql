-- Adds tasks in the order of the lists; one whose id is taken is left out. A list that is NULL stands for one of NULLs. No id may stand twice in the list.
CREATE FUNCTION {schema}.add_tasks(
    p_now bigint, p_ageing bigint, p_plan text, p_ids text[], p_queues text[], p_types text[], p_payloads text[], p_states text[], p_priorities integer[],
    p_available bigint[], p_closes bigint[], p_deadlines bigint[], p_max_attempts integer[], p_keys text[], p_traces text[], p_slots integer[], p_groups text[],
    p_assigned boolean[], p_workers text[], p_containers text[], p_labels text[], p_versions integer[], p_timeouts bigint[], p_windows text[],
    p_conditions text[], p_gates boolean[], p_open boolean[])
RETURNS TABLE (task_id text, task_seq bigint)
LANGUAGE plpgsql SET enable_nestloop = off SET enable_hashjoin = on SET enable_mergejoin = on SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
BEGIN
    RETURN QUERY
    WITH input AS MATERIALIZED (
        SELECT i.*, coalesce(q.ageing, p_ageing) AS ageing
        FROM unnest(p_ids, p_queues, p_types, p_payloads, p_states, p_priorities, p_available, p_closes, p_deadlines, p_max_attempts, p_keys, p_traces, p_slots,
            p_groups, p_assigned, p_workers, p_containers, p_labels, p_versions, p_timeouts, p_windows, p_conditions, p_gates, p_open) WITH ORDINALITY AS i (
            id, queue, type, payload, state, priority, available_at, closes_at, deadline, max_attempts, key, trace, slots,
            group_key, is_assigned, worker, container, labels, version, timeout, time_window, condition, is_gate, is_gate_open, place)
        LEFT JOIN {schema}.task_queues q ON q.queue = i.queue),
    added AS (
        INSERT INTO {schema}.tasks (
            id, queue, type, state, priority, available_at, closes_at, deadline, max_attempts, deduplication_key, trace_parent, slots, group_key, is_assigned,
            assigned_worker, assigned_container, required_labels, payload_version, timeout, time_window, plan_id, plan_condition, is_gate, is_gate_open,
            rank, ageing, changed_at, created_at)
        SELECT i.id, i.queue, i.type, i.state, i.priority, i.available_at, i.closes_at, i.deadline, i.max_attempts, i.key, i.trace, coalesce(i.slots, 1), i.group_key,
            coalesce(i.is_assigned, false), i.worker, i.container, i.labels, coalesce(i.version, 1), i.timeout, i.time_window, p_plan, i.condition,
            coalesce(i.is_gate, false), coalesce(i.is_gate_open, false), i.available_at - i.priority * i.ageing, i.ageing, p_now, p_now
        FROM input i ORDER BY i.place
        ON CONFLICT (id) DO NOTHING
        RETURNING tasks.id, tasks.seq),
    bodies AS (
        INSERT INTO {schema}.task_bodies (seq, payload, created_at)
        SELECT a.seq, i.payload, p_now FROM added a JOIN input i ON i.id = a.id)
    SELECT a.id, a.seq FROM added a;
END $$;
