using Npgsql;
using Orchestrator.Queue;
using Orchestrator.Routing.State;
using Orchestrator.Secrets;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Sqlite.Routing;

namespace Orchestrator.Storage.PostgreSql.Routing;

/// <summary>
/// What the router remembers, in PostgreSQL: tables <c>ai_routing_state</c>, <c>ai_routing_budgets</c>, <c>ai_routing_reservations</c> and <c>ai_routing_claims</c>.
/// </summary>
/// <remarks>
/// Thread-safe; a singleton. Every call that reserves, renews or settles locks its windows first, in the order of their keys, so that no two processes take the same
/// money and none waits for another in a circle. What is reserved is never written down as a sum: it is the claims whose time is not over, so a crash gives back
/// without anybody's doing. The server's clock decides.
/// </remarks>
internal sealed class PostgreSqlRoutingStateStore(PostgreSqlDatabase database, WorkerIdentity? worker, ISecretRedactor? redactor) : IRoutingStateStore
{
    private const string LoadEntries = "SELECT kind, key, value, at FROM {schema}.ai_routing_state ORDER BY kind, key";

    private string WorkerName => worker?.WorkerName ?? "local";

    private string ContainerName => worker?.ContainerName ?? "local";

    /// <inheritdoc/>
    public async ValueTask<ValueList<RoutingStateEntry>> LoadAsync(CancellationToken cancellationToken)
    {
        var entries = await database.RunAsync(
            static (session, cancel) => session.QueryAsync(
                LoadEntries, static row => new RoutingStateEntry(row.GetString(0), row.GetString(1), row.GetString(2), SqliteTime.ToTime(row.GetInt64(3))), cancel),
            cancellationToken).ConfigureAwait(false);
        return entries.ToValueList();
    }

    private const string SaveEntries = """
        INSERT INTO {schema}.ai_routing_state (kind, key, value, at, worker_name, container_name, created_at)
        SELECT e.kind, e.key, e.value, e.at, $5, $6, (extract(epoch FROM clock_timestamp()) * 1000)::bigint
        FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) e (kind, key, value, at)
        ORDER BY e.kind COLLATE "C", e.key COLLATE "C"
        ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, at = excluded.at, worker_name = excluded.worker_name, container_name = excluded.container_name
        """;

    /// <inheritdoc/>
    public async ValueTask SaveAsync(ValueList<RoutingStateEntry> entries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries.Count == 0)
        {
            return;
        }

        // One row cannot be written twice by one statement.
        var last = new Dictionary<(string Kind, string Key), (string Value, long At)>();
        foreach (var entry in entries)
        {
            last[(entry.Kind, Redaction.Text(redactor, entry.Key))] = (Redaction.Json(redactor, entry.Value)!, entry.At.ToMilliseconds());
        }

        object?[] values =
        [
            last.Keys.Select(key => key.Kind).ToArray(), last.Keys.Select(key => key.Key).ToArray(),
            last.Values.Select(entry => entry.Value).ToArray(), last.Values.Select(entry => entry.At).ToArray(), WorkerName, ContainerName,
        ];
        await database.RunAsync((session, cancel) => session.ExecuteAsync(SaveEntries, cancel, values), cancellationToken).ConfigureAwait(false);
    }

    private const string IsHeld = "SELECT r.settled_at IS NOT NULL OR r.expires_at > $2 FROM {schema}.ai_routing_reservations r WHERE r.id = $1";

    // Claims of an earlier time of the same reservation are written over, or have no effect any more.
    private const string AddReservation = """
        WITH added AS (
            INSERT INTO {schema}.ai_routing_reservations (id, expires_at, worker_name, container_name, created_at) VALUES ($1, $2::bigint, $3, $4, $5::bigint)
            ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at, worker_name = excluded.worker_name, container_name = excluded.container_name)
        INSERT INTO {schema}.ai_routing_claims (reservation_id, budget_id, nano_usd, tokens, expires_at, worker_name, container_name, created_at)
        SELECT $1, c.budget_id, c.nano_usd, c.tokens, $2::bigint, $3, $4, $5::bigint
        FROM unnest($6::bigint[], $7::bigint[], $8::bigint[]) c (budget_id, nano_usd, tokens)
        ON CONFLICT (reservation_id, budget_id) DO UPDATE SET nano_usd = excluded.nano_usd, tokens = excluded.tokens, expires_at = excluded.expires_at
        """;

    /// <inheritdoc/>
    public ValueTask<BudgetReservationResult> ReserveAsync(BudgetReservation reservation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reservation);
        return WithWindowsAsync(
            reservation.Claims, reservation.WorkerName, reservation.ContainerName, (session, claims, windows, cancel) => ReserveAsync(session, reservation, claims, windows, cancel), cancellationToken);
    }

    private const string LockClaimed = """
        SELECT b.id FROM {schema}.ai_routing_claims c JOIN {schema}.ai_routing_budgets b ON b.id = c.budget_id WHERE c.reservation_id = $1
        ORDER BY b.budget, b.owner, b.window_start, b.window_end FOR UPDATE OF b
        """;

    private const string Renew = """
        WITH clock AS MATERIALIZED (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now),
        renewed AS (
            UPDATE {schema}.ai_routing_reservations r SET expires_at = greatest(r.expires_at, clock.now + $2::bigint) FROM clock
            WHERE r.id = $1 AND r.settled_at IS NULL AND r.expires_at > clock.now RETURNING r.id, r.expires_at),
        claims AS (
            UPDATE {schema}.ai_routing_claims c SET expires_at = renewed.expires_at FROM renewed, clock WHERE c.reservation_id = renewed.id AND c.expires_at > clock.now)
        SELECT count(*) FROM renewed
        """;

    /// <inheritdoc/>
    public ValueTask<bool> RenewAsync(string id, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, BudgetReservation.MinDuration);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(duration, BudgetReservation.MaxDuration);
        return database.TransactAsync(
            async (session, cancel) =>
            {
                // Whoever reserves must not take it for over while it is renewed.
                await session.QueryAsync(LockClaimed, static row => row.GetInt64(0), cancel, id).ConfigureAwait(false);
                return await session.NumberAsync(Renew, cancel, id, (long)duration.TotalMilliseconds).ConfigureAwait(false) > 0;
            },
            cancellationToken);
    }

    private const string Settle = """
        WITH settled AS (
            INSERT INTO {schema}.ai_routing_reservations AS r (id, expires_at, settled_at, nano_usd, tokens, worker_name, container_name, created_at)
            VALUES ($1, $2::bigint, $2::bigint, $3::bigint, $4::bigint, $6, $7, $2::bigint)
            ON CONFLICT (id) DO UPDATE SET settled_at = excluded.settled_at, nano_usd = excluded.nano_usd, tokens = excluded.tokens WHERE r.settled_at IS NULL
            RETURNING r.id),
        given_back AS (DELETE FROM {schema}.ai_routing_claims c USING settled WHERE c.reservation_id = settled.id)
        UPDATE {schema}.ai_routing_budgets b SET used_at = $2::bigint,
            spent_nano_usd = least(b.spent_nano_usd::numeric + $3::bigint, 9223372036854775807)::bigint,
            spent_tokens = least(b.spent_tokens::numeric + $4::bigint, 9223372036854775807)::bigint
        FROM settled WHERE b.id = ANY ($5::bigint[])
        """;

    /// <inheritdoc/>
    public ValueTask<ValueList<BudgetBalance>> SettleAsync(BudgetSettlement settlement, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settlement);
        return WithWindowsAsync<ValueList<BudgetBalance>>(
            settlement.Claims,
            WorkerName,
            ContainerName,
            async (session, claims, windows, cancel) =>
            {
                await session.ExecuteAsync(Settle, cancel, settlement.Id, windows.Now, settlement.NanoUsd, settlement.Tokens, windows.Rows, WorkerName, ContainerName).ConfigureAwait(false);
                return [.. (await BudgetWindows.LockAsync(session, claims, cancel).ConfigureAwait(false))!.Balances];
            },
            cancellationToken);
    }

    private const string ListWindows = """
        SELECT b.budget, b.owner, b.window_start, b.window_end, b.spent_nano_usd, r.nano_usd, b.spent_tokens, r.tokens
        FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now) clock, {schema}.ai_routing_budgets b
        CROSS JOIN LATERAL (
            SELECT least(coalesce(sum(c.nano_usd), 0), 9223372036854775807)::bigint AS nano_usd, least(coalesce(sum(c.tokens), 0), 9223372036854775807)::bigint AS tokens
            FROM {schema}.ai_routing_claims c WHERE c.budget_id = b.id AND c.expires_at > clock.now) r
        WHERE b.window_end > $1 ORDER BY b.budget, b.owner, b.window_start, b.window_end
        """;

    /// <inheritdoc/>
    public async ValueTask<ValueList<BudgetBalance>> ListBalancesAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var balances = await database.RunAsync((session, cancel) => session.QueryAsync(ListWindows, ReadBalance, cancel, now.ToMilliseconds()), cancellationToken).ConfigureAwait(false);
        return balances.ToValueList();
    }

    private static BudgetBalance ReadBalance(NpgsqlDataReader row) => new(
        WindowClaim.ToKey(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3)), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7));

    private static async ValueTask<BudgetReservationResult> ReserveAsync(
        PostgreSqlSession session, BudgetReservation reservation, WindowClaim[] claims, BudgetWindows windows, CancellationToken cancellationToken)
    {
        var balances = windows.Balances;
        if (await session.TestAsync(IsHeld, cancellationToken, reservation.Id, windows.Now).ConfigureAwait(false))
        {
            return new BudgetReservationResult(true, null, [.. balances]);
        }

        for (var i = 0; i < claims.Length; i++)
        {
            if (!claims[i].Fits(balances[i]))
            {
                return new BudgetReservationResult(false, claims[i].Key, [.. balances]);
            }
        }

        await session.ExecuteAsync(
            AddReservation, cancellationToken, reservation.Id, windows.Now + (long)reservation.Duration.TotalMilliseconds, reservation.WorkerName, reservation.ContainerName, windows.Now,
            windows.Rows, Array.ConvertAll(claims, claim => claim.NanoUsd), Array.ConvertAll(claims, claim => claim.Tokens)).ConfigureAwait(false);
        return new BudgetReservationResult(true, null, claims.Zip(balances, static (claim, balance) => claim.Reserve(balance)).ToValueList());
    }

    // Windows are made when they are missing, which retention may bring about at any time.
    private async ValueTask<T> WithWindowsAsync<T>(
        ValueList<BudgetClaim> wanted,
        string workerName,
        string containerName,
        Func<PostgreSqlSession, WindowClaim[], BudgetWindows, CancellationToken, ValueTask<T>> work,
        CancellationToken cancellationToken)
    {
        var claims = WindowClaim.From(wanted, redactor);
        while (true)
        {
            var (isDone, result) = await database.TransactAsync(
                async (session, cancel) => await BudgetWindows.LockAsync(session, claims, cancel).ConfigureAwait(false) is { } windows
                    ? (true, await work(session, claims, windows, cancel).ConfigureAwait(false))
                    : (false, default(T)),
                cancellationToken).ConfigureAwait(false);
            if (isDone)
            {
                return result!;
            }

            await BudgetWindows.AddAsync(database, claims, workerName, containerName, cancellationToken).ConfigureAwait(false);
        }
    }
}
