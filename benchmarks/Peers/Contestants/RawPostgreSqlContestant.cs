using Npgsql;

namespace Orchestrator.Benchmarks.Peers.Contestants;

/// <summary>What PostgreSQL itself can do with a plain table of tasks: claims and completes by 100 on four connections, one prepared statement for each, nothing around it.</summary>
internal sealed class RawPostgreSqlContestant : IContestant
{
    private const int Batch = 100;
    private const int Loops = 4;

    private const string Create = """
        CREATE TABLE tasks (
            seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state text NOT NULL, lease_id bigint NOT NULL DEFAULT 0, lease_until bigint,
            created_at bigint NOT NULL, finished_at bigint, payload text NOT NULL);
        CREATE INDEX tasks_ready ON tasks (seq) WHERE state = 'available';
        """;

    private const string Insert = "INSERT INTO tasks (state, created_at, payload) SELECT 'available', 1, unnest($1)";

    private const string Claim = """
        WITH ready AS MATERIALIZED (SELECT seq FROM tasks WHERE state = 'available' ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED)
        UPDATE tasks t SET state = 'running', lease_id = lease_id + 1, lease_until = 60000 FROM ready WHERE t.seq = ready.seq RETURNING t.seq, t.lease_id, t.payload
        """;

    private const string Complete = """
        UPDATE tasks t SET state = 'completed', lease_until = NULL, finished_at = 1 FROM unnest($1, $2) AS ended (seq, lease_id)
        WHERE t.seq = ended.seq AND t.lease_id = ended.lease_id AND t.state = 'running'
        """;

    private readonly NpgsqlDataSource _source;

    private RawPostgreSqlContestant(NpgsqlDataSource source) => _source = source;

    public static async Task<RawPostgreSqlContestant> OpenAsync(string connectionString)
    {
        var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 20, MaxAutoPrepare = 10, AutoPrepareMinUsages = 1 });
        await using var command = source.CreateCommand(Create);
        await command.ExecuteNonQueryAsync();
        return new RawPostgreSqlContestant(source);
    }

    public ValueTask EnqueueAsync(string payload) => EnqueueManyAsync([payload]);

    public async ValueTask EnqueueManyAsync(IReadOnlyList<string> payloads)
    {
        await using var command = _source.CreateCommand(Insert);
        command.Parameters.Add(new NpgsqlParameter { Value = payloads.ToArray() });
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask<IAsyncDisposable> WorkAsync(Action<string> handler)
    {
        var stopped = new CancellationTokenSource();
        return ValueTask.FromResult<IAsyncDisposable>(new Worker(stopped, [.. Enumerable.Range(0, Loops).Select(_ => Task.Run(() => WorkAsync(handler, stopped.Token)))]));
    }

    public async ValueTask<bool> IsEmptyAsync()
    {
        await using var command = _source.CreateCommand("SELECT 1 FROM tasks WHERE state IN ('available', 'running') LIMIT 1");
        return await command.ExecuteScalarAsync() is null;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task WorkAsync(Action<string> handler, CancellationToken stopped)
    {
        await using var connection = await _source.OpenConnectionAsync(CancellationToken.None);
        while (!stopped.IsCancellationRequested)
        {
            List<(long Seq, long LeaseId)> claimed = [];
            await using (var claim = new NpgsqlCommand(Claim, connection) { Parameters = { new() { Value = Batch } } })
            await using (var reader = await claim.ExecuteReaderAsync(CancellationToken.None))
            {
                while (await reader.ReadAsync(CancellationToken.None))
                {
                    claimed.Add((reader.GetInt64(0), reader.GetInt64(1)));
                    handler(reader.GetString(2));
                }
            }

            if (claimed.Count > 0)
            {
                await using var complete = new NpgsqlCommand(Complete, connection)
                {
                    Parameters = { new() { Value = claimed.ConvertAll(task => task.Seq) }, new() { Value = claimed.ConvertAll(task => task.LeaseId) } },
                };
                await complete.ExecuteNonQueryAsync(CancellationToken.None);
            }
        }
    }

    private sealed class Worker(CancellationTokenSource stopped, Task[] loops) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await stopped.CancelAsync();
            await Task.WhenAll(loops);
            stopped.Dispose();
        }
    }
}
