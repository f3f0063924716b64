using Microsoft.Data.Sqlite;
using Orchestrator.Queue;
using Orchestrator.Routing.State;
using Orchestrator.Secrets;
using Orchestrator.Storage.Sqlite.Operations;

namespace Orchestrator.Storage.Sqlite.Routing;

/// <summary>
/// What the router remembers, in SQLite: tables <c>ai_routing_state</c>, <c>ai_routing_budgets</c>, <c>ai_routing_reservations</c> and <c>ai_routing_claims</c>.
/// </summary>
/// <remarks>
/// Thread-safe; a singleton. Each call is one transaction under the file's write lock, taken when it begins, so that no two processes reserve the same money. What is
/// reserved is never written down as a sum: it is the claims whose time is not over, so a crash gives back without anybody's doing. The machine's clock decides.
/// </remarks>
internal sealed class SqliteRoutingStateStore(SqliteDatabase database, WorkerIdentity? worker, ISecretRedactor? redactor) : IRoutingStateStore
{
    private const string LoadEntries = "SELECT kind, key, value, at FROM ai_routing_state ORDER BY kind, key";

    /// <inheritdoc/>
    public ValueTask<ValueList<RoutingStateEntry>> LoadAsync(CancellationToken cancellationToken) => database.ReadAsync(
        static connection => connection.Statement(LoadEntries)
            .Query(static row => new RoutingStateEntry(row.GetString(0), row.GetString(1), row.GetString(2), SqliteTime.ToTime(row.GetInt64(3))))
            .ToValueList(),
        cancellationToken);

    private const string SaveEntry = """
        INSERT INTO ai_routing_state (kind, key, value, at, worker_name, container_name, created_at) VALUES (@kind, @key, @value, @at, @worker, @container, @now)
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

        var clean = entries.Select(entry => entry with { Key = Redaction.Text(redactor, entry.Key), Value = Redaction.Json(redactor, entry.Value)! }).ToList();
        await database.WriteAsync(connection => Save(connection, clean), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<BudgetReservationResult> ReserveAsync(BudgetReservation reservation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reservation);
        var windows = WindowClaim.From(reservation.Claims, redactor);
        return database.WriteAsync(connection => Reserve(connection, reservation, windows), cancellationToken);
    }

    private const string Renew = """
        UPDATE ai_routing_reservations SET expires_at = max(expires_at, @until) WHERE id = @id AND settled_at IS NULL AND expires_at > @now
        """;

    private const string RenewClaims = "UPDATE ai_routing_claims SET expires_at = max(expires_at, @until) WHERE reservation_id = @id AND expires_at > @now";

    /// <inheritdoc/>
    public ValueTask<bool> RenewAsync(string id, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, BudgetReservation.MinDuration);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(duration, BudgetReservation.MaxDuration);
        return database.WriteAsync(
            connection =>
            {
                var now = Now();
                var until = now + (long)duration.TotalMilliseconds;
                if (connection.Statement(Renew).Set("@id", id).Set("@now", now).Set("@until", until).Execute() == 0)
                {
                    return false;
                }

                connection.Statement(RenewClaims).Set("@id", id).Set("@now", now).Set("@until", until).Execute();
                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<BudgetBalance>> SettleAsync(BudgetSettlement settlement, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settlement);
        var windows = WindowClaim.From(settlement.Claims, redactor);
        return database.WriteAsync(connection => Settle(connection, settlement, windows), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<BudgetBalance>> ListBalancesAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync(SqliteSnapshot.Of(connection => SqliteBudgetWindows.List(connection, now.ToMilliseconds(), Now())), cancellationToken);

    private const string FindReservation = "SELECT settled_at IS NOT NULL, settled_at IS NOT NULL OR expires_at > @now FROM ai_routing_reservations WHERE id = @id";

    private const string AddReservation = """
        INSERT INTO ai_routing_reservations (id, expires_at, worker_name, container_name, created_at) VALUES (@id, @until, @worker, @container, @now)
        ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at, worker_name = excluded.worker_name, container_name = excluded.container_name
        """;

    private const string AddClaim = """
        INSERT INTO ai_routing_claims (reservation_id, budget_id, nano_usd, tokens, expires_at, worker_name, container_name, created_at)
        VALUES (@id, @budget, @nanoUsd, @tokens, @until, @worker, @container, @now)
        """;

    private const string DeleteClaims = "DELETE FROM ai_routing_claims WHERE reservation_id = @id";

    private BudgetReservationResult Reserve(SqliteConnection connection, BudgetReservation reservation, WindowClaim[] windows)
    {
        var now = Now();
        var found = Array.ConvertAll(windows, window => SqliteBudgetWindows.Find(connection, window, now));
        var balances = Array.ConvertAll(found, window => window.Balance);
        if (connection.Statement(FindReservation).Set("@id", reservation.Id).Set("@now", now).Single(static row => row.GetBoolean(1)))
        {
            return new BudgetReservationResult(true, null, [.. balances]);
        }

        for (var i = 0; i < windows.Length; i++)
        {
            if (!windows[i].Fits(balances[i]))
            {
                return new BudgetReservationResult(false, windows[i].Key, [.. balances]);
            }
        }

        var until = now + (long)reservation.Duration.TotalMilliseconds;
        connection.Statement(AddReservation)
            .Set("@id", reservation.Id)
            .Set("@until", until)
            .Set("@worker", reservation.WorkerName)
            .Set("@container", reservation.ContainerName)
            .Set("@now", now)
            .Execute();
        connection.Statement(DeleteClaims).Set("@id", reservation.Id).Execute();
        for (var i = 0; i < windows.Length; i++)
        {
            var row = found[i].Row != 0 ? found[i].Row : SqliteBudgetWindows.Add(connection, windows[i], now, reservation.WorkerName, reservation.ContainerName);
            connection.Statement(AddClaim)
                .Set("@id", reservation.Id)
                .Set("@budget", row)
                .Set("@nanoUsd", windows[i].NanoUsd)
                .Set("@tokens", windows[i].Tokens)
                .Set("@until", until)
                .Set("@worker", reservation.WorkerName)
                .Set("@container", reservation.ContainerName)
                .Set("@now", now)
                .Execute();
        }

        return new BudgetReservationResult(true, null, windows.Zip(balances, static (window, balance) => window.Reserve(balance)).ToValueList());
    }

    private const string SettleReservation = """
        INSERT INTO ai_routing_reservations (id, expires_at, settled_at, nano_usd, tokens, worker_name, container_name, created_at)
        VALUES (@id, @now, @now, @nanoUsd, @tokens, @worker, @container, @now)
        ON CONFLICT (id) DO UPDATE SET settled_at = excluded.settled_at, nano_usd = excluded.nano_usd, tokens = excluded.tokens
        """;

    private ValueList<BudgetBalance> Settle(SqliteConnection connection, BudgetSettlement settlement, WindowClaim[] windows)
    {
        var now = Now();
        if (connection.Statement(FindReservation).Set("@id", settlement.Id).Set("@now", now).Single(static row => row.GetBoolean(0)))
        {
            return [.. Array.ConvertAll(windows, window => SqliteBudgetWindows.Find(connection, window, now).Balance)];
        }

        connection.Statement(SettleReservation)
            .Set("@id", settlement.Id)
            .Set("@nanoUsd", settlement.NanoUsd)
            .Set("@tokens", settlement.Tokens)
            .Set("@worker", worker?.WorkerName ?? "local")
            .Set("@container", worker?.ContainerName ?? "local")
            .Set("@now", now)
            .Execute();
        connection.Statement(DeleteClaims).Set("@id", settlement.Id).Execute();
        return [.. Array.ConvertAll(windows, window => SqliteBudgetWindows.Book(connection, window, settlement, now, worker))];
    }

    private int Save(SqliteConnection connection, List<RoutingStateEntry> entries)
    {
        var now = Now();
        return entries.Sum(entry => connection.Statement(SaveEntry)
            .Set("@kind", entry.Kind)
            .Set("@key", entry.Key)
            .Set("@value", entry.Value)
            .Set("@at", entry.At.ToMilliseconds())
            .Set("@worker", worker?.WorkerName ?? "local")
            .Set("@container", worker?.ContainerName ?? "local")
            .Set("@now", now)
            .Execute());
    }

    private long Now() => database.Time.GetUtcNow().ToMilliseconds();
}
