using Npgsql;
using Orchestrator.Routing.State;
using Orchestrator.Storage.Sqlite.Routing;

namespace Orchestrator.Storage.PostgreSql.Routing;

/// <summary>Windows of budgets, locked so that those who reserve from one stand in a line.</summary>
internal sealed class BudgetWindows
{
    private readonly Window[] _windows;

    private BudgetWindows(Window[] windows) => _windows = windows;

    // Rows that exist are left alone; the order keeps those who add the same ones from waiting for each other.
    private const string AddWindows = """
        INSERT INTO {schema}.ai_routing_budgets (budget, owner, window_start, window_end, is_of_task, used_at, worker_name, container_name, created_at)
        SELECT w.budget, w.owner, w.window_start, w.window_end, w.is_of_task, c.now, $6, $7, c.now
        FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::boolean[]) w (budget, owner, window_start, window_end, is_of_task),
            (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now) c
        ORDER BY w.budget COLLATE "C", w.owner COLLATE "C", w.window_start, w.window_end
        ON CONFLICT (budget, owner, window_start, window_end) DO NOTHING
        """;

    /// <summary>Makes the rows of windows that have none, in a transaction of its own: whoever waits here holds no lock that others wait for.</summary>
    public static ValueTask<int> AddAsync(PostgreSqlDatabase database, WindowClaim[] claims, string worker, string container, CancellationToken cancellationToken) =>
        database.RunAsync(
            (session, cancel) => session.ExecuteAsync(AddWindows, cancel, [.. Keys(claims), Array.ConvertAll(claims, claim => claim.IsOfTask), worker, container]), cancellationToken);

    private const string Lock = """
        SELECT w.number - 1, b.id, b.spent_nano_usd, b.spent_tokens
        FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) WITH ORDINALITY w (budget, owner, window_start, window_end, number)
        JOIN {schema}.ai_routing_budgets b
            ON b.budget = w.budget AND b.owner = w.owner AND b.window_start = w.window_start AND b.window_end = w.window_end
        ORDER BY b.budget, b.owner, b.window_start, b.window_end FOR UPDATE OF b
        """;

    private const string ReadClock = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    // Nobody takes from a locked window, so that the sum holds until the transaction ends. A statement of its own: it sees what was committed before the lock.
    private const string Sum = """
        SELECT c.budget_id, least(sum(c.nano_usd), 9223372036854775807)::bigint, least(sum(c.tokens), 9223372036854775807)::bigint
        FROM {schema}.ai_routing_claims c WHERE c.budget_id = ANY ($1::bigint[]) AND c.expires_at > $2 GROUP BY c.budget_id
        """;

    /// <summary>The server's time when the windows were locked.</summary>
    public long Now { get; private init; }

    /// <summary>The rows, in the order of the claims.</summary>
    public long[] Rows => Array.ConvertAll(_windows, window => window.Row);

    /// <summary>How the windows stand, in the order of the claims.</summary>
    public BudgetBalance[] Balances => Array.ConvertAll(_windows, window => window.Balance);

    /// <summary>Locks the windows and reads how they stand.</summary>
    /// <returns>Null when a window has no row yet.</returns>
    public static async ValueTask<BudgetWindows?> LockAsync(PostgreSqlSession session, WindowClaim[] claims, CancellationToken cancellationToken)
    {
        var rows = claims.Length == 0 ? [] : await session.QueryAsync(Lock, ReadWindow, cancellationToken, [.. Keys(claims)]).ConfigureAwait(false);
        if (rows.Count < claims.Length)
        {
            return null;
        }

        var now = (await session.NumberAsync(ReadClock, cancellationToken).ConfigureAwait(false))!.Value;
        var ids = rows.Select(row => row.Id).ToArray();
        var sums = ids.Length == 0
            ? []
            : (await session.QueryAsync(Sum, static row => (Id: row.GetInt64(0), NanoUsd: row.GetInt64(1), Tokens: row.GetInt64(2)), cancellationToken, ids, now).ConfigureAwait(false))
                .ToDictionary(sum => sum.Id);
        var windows = new Window[claims.Length];
        foreach (var (number, id, nanoUsd, tokens) in rows)
        {
            var reserved = sums.GetValueOrDefault(id);
            windows[number] = new Window(id, new BudgetBalance(claims[number].Key, nanoUsd, reserved.NanoUsd, tokens, reserved.Tokens));
        }

        return new BudgetWindows(windows) { Now = now };
    }

    private static (long Number, long Id, long NanoUsd, long Tokens) ReadWindow(NpgsqlDataReader row) => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));

    private static object?[] Keys(WindowClaim[] claims) =>
    [
        Array.ConvertAll(claims, claim => claim.Budget),
        Array.ConvertAll(claims, claim => claim.Owner),
        Array.ConvertAll(claims, claim => claim.Start),
        Array.ConvertAll(claims, claim => claim.End),
    ];

    private readonly record struct Window(long Row, BudgetBalance Balance);
}
