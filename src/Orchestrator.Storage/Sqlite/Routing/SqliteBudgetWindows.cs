using Microsoft.Data.Sqlite;
using Orchestrator.Queue;
using Orchestrator.Routing.State;

namespace Orchestrator.Storage.Sqlite.Routing;

/// <summary>Windows of budgets and what is reserved from them. Runs in the writer's transaction, so that nobody else changes anything in between.</summary>
internal static class SqliteBudgetWindows
{
    private const string FindWindow = """
        SELECT id, spent_nano_usd, spent_tokens FROM ai_routing_budgets
        WHERE budget = @budget AND owner = @owner AND window_start = @start AND window_end = @end
        """;

    private const string FindClaims = "SELECT nano_usd, tokens FROM ai_routing_claims WHERE budget_id = @id AND expires_at > @now";

    /// <summary>How a window stands; its row is 0 when there is none yet.</summary>
    public static (long Row, BudgetBalance Balance) Find(SqliteConnection connection, WindowClaim window, long now)
    {
        var found = connection.Statement(FindWindow)
            .Set("@budget", window.Budget)
            .Set("@owner", window.Owner)
            .Set("@start", window.Start)
            .Set("@end", window.End)
            .Single(static row => (Row: row.GetInt64(0), NanoUsd: row.GetInt64(1), Tokens: row.GetInt64(2)));
        var (reservedNanoUsd, reservedTokens) = found.Row == 0 ? default : Reserved(connection, found.Row, now);
        return (found.Row, new BudgetBalance(window.Key, found.NanoUsd, reservedNanoUsd, found.Tokens, reservedTokens));
    }

    private const string AddWindow = """
        INSERT INTO ai_routing_budgets (budget, owner, window_start, window_end, is_of_task, used_at, worker_name, container_name, created_at)
        VALUES (@budget, @owner, @start, @end, @isOfTask, @now, @worker, @container, @now) RETURNING id
        """;

    /// <summary>Makes the row of a window.</summary>
    public static long Add(SqliteConnection connection, WindowClaim window, long now, string worker, string container) => connection.Statement(AddWindow)
        .Set("@budget", window.Budget)
        .Set("@owner", window.Owner)
        .Set("@start", window.Start)
        .Set("@end", window.End)
        .Set("@isOfTask", window.IsOfTask)
        .Set("@now", now)
        .Set("@worker", worker)
        .Set("@container", container)
        .Scalar()!.Value;

    private const string BookSpending = "UPDATE ai_routing_budgets SET spent_nano_usd = @nanoUsd, spent_tokens = @tokens, used_at = @now WHERE id = @row";

    /// <summary>Adds to what was spent from a window, and tells how it stands then.</summary>
    public static BudgetBalance Book(SqliteConnection connection, WindowClaim window, BudgetSettlement settlement, long now, WorkerIdentity? worker)
    {
        var (row, balance) = Find(connection, window, now);
        if (row == 0)
        {
            row = Add(connection, window, now, worker?.WorkerName ?? "local", worker?.ContainerName ?? "local");
        }

        balance = balance with
        {
            SpentNanoUsd = WindowClaim.Sum(balance.SpentNanoUsd, settlement.NanoUsd),
            SpentTokens = WindowClaim.Sum(balance.SpentTokens, settlement.Tokens),
        };
        connection.Statement(BookSpending).Set("@row", row).Set("@nanoUsd", balance.SpentNanoUsd).Set("@tokens", balance.SpentTokens).Set("@now", now).Execute();
        return balance;
    }

    private const string ListWindows = """
        SELECT id, budget, owner, window_start, window_end, spent_nano_usd, spent_tokens FROM ai_routing_budgets
        WHERE window_end > @now ORDER BY budget, owner, window_start, window_end
        """;

    private const string ListClaims = "SELECT budget_id, nano_usd, tokens FROM ai_routing_claims WHERE expires_at > @now";

    /// <summary>How all windows stand that end after <paramref name="over"/>.</summary>
    public static ValueList<BudgetBalance> List(SqliteConnection connection, long over, long now)
    {
        var windows = connection.Statement(ListWindows).Set("@now", over).Query(static row => (
            Row: row.GetInt64(0),
            Balance: new BudgetBalance(WindowClaim.ToKey(row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4)), row.GetInt64(5), 0, row.GetInt64(6), 0)));
        var claims = connection.Statement(ListClaims).Set("@now", now)
            .Query(static row => (Row: row.GetInt64(0), NanoUsd: row.GetInt64(1), Tokens: row.GetInt64(2)))
            .ToLookup(claim => claim.Row, claim => (claim.NanoUsd, claim.Tokens));
        return windows.Select(window =>
        {
            var (nanoUsd, tokens) = Sum(claims[window.Row]);
            return window.Balance with { ReservedNanoUsd = nanoUsd, ReservedTokens = tokens };
        }).ToValueList();
    }

    // Added up here: SQLite refuses a sum that is too large.
    private static (long NanoUsd, long Tokens) Reserved(SqliteConnection connection, long row, long now) => Sum(
        connection.Statement(FindClaims).Set("@id", row).Set("@now", now).Query(static claim => (claim.GetInt64(0), claim.GetInt64(1))));

    private static (long NanoUsd, long Tokens) Sum(IEnumerable<(long NanoUsd, long Tokens)> claims) => claims.Aggregate(
        (NanoUsd: 0L, Tokens: 0L),
        static (sum, claim) => (WindowClaim.Sum(sum.NanoUsd, claim.NanoUsd), WindowClaim.Sum(sum.Tokens, claim.Tokens)));
}
