using SQLitePCL;

namespace Orchestrator.Benchmarks.Peers.Contestants;

/// <summary>
/// What SQLite itself can do with the rows of our schema, triggers included: one connection, prepared statements, durability Full, no queue around it. Tasks are claimed
/// and completed by <paramref name="batch"/>, one transaction for each. The package makes the database, so that the schema is never another one.
/// </summary>
internal sealed class RawSqliteContestant(string path, int batch) : IContestant
{
    private const string InsertTask = """
        INSERT INTO tasks (id, queue, type, state, priority, available_at, max_attempts, rank, changed_at, created_at)
        VALUES (?1, 'default', 'work', 'available', 0, ?2, 1, ?2, ?2, ?2)
        """;

    private const string InsertBody = "INSERT INTO task_bodies (seq, payload, created_at) VALUES (last_insert_rowid(), ?1, ?2)";

    private const string Claim = """
        UPDATE tasks SET state = 'running', attempt = attempt + 1, lease_id = lease_id + 1, lease_until = ?1 + 60000, started_at = ?1, changed_at = ?1,
            worker_id = 'worker', worker_name = 'worker', container_name = 'local'
        WHERE seq IN (
            SELECT seq FROM tasks WHERE queue = 'default' AND state = 'available' AND group_key IS NULL AND is_assigned = 0 ORDER BY rank, seq LIMIT ?2)
        RETURNING seq, id, lease_id, (SELECT payload FROM task_bodies b WHERE b.seq = tasks.seq)
        """;

    private const string Complete = """
        UPDATE tasks SET state = 'completed', lease_until = NULL, finished_at = ?1, changed_at = ?1
        WHERE seq = ?2 AND lease_id = ?3 AND state = 'running'
        """;

    private readonly Lock _gate = new(); // guards the connection: a transaction belongs to one caller
    private sqlite3? _database;
    private RawStatement _begin = null!, _commit = null!, _insertTask = null!, _insertBody = null!, _claim = null!, _complete = null!;

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    public static async Task<RawSqliteContestant> OpenAsync(string path, int batch)
    {
        await using (var maker = new OrchestratorContestant(QueueHosts.Sqlite(path, Storage.Sqlite.SqliteDurability.Full)))
        {
            await maker.IsEmptyAsync();
        }

        var contestant = new RawSqliteContestant(path, batch);
        contestant.Open();
        return contestant;
    }

    public ValueTask EnqueueAsync(string payload) => EnqueueManyAsync([payload]);

    public ValueTask EnqueueManyAsync(IReadOnlyList<string> payloads)
    {
        lock (_gate)
        {
            _begin.Run();
            foreach (var payload in payloads)
            {
                var now = TimeProvider.System.GetUtcNow();
                var milliseconds = now.ToUnixTimeMilliseconds();
                _insertTask.Bind(1, Identifiers.Create(now)).Bind(2, milliseconds).Run();
                _insertBody.Bind(1, payload).Bind(2, milliseconds).Run();
            }

            _commit.Run();
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<IAsyncDisposable> WorkAsync(Action<string> handler)
    {
        var stopped = new CancellationTokenSource();
        return ValueTask.FromResult<IAsyncDisposable>(new Worker(stopped, Task.Run(() => Work(handler, stopped.Token))));
    }

    public ValueTask<bool> IsEmptyAsync()
    {
        lock (_gate)
        {
            using var any = new RawStatement(_database!, "SELECT 1 FROM tasks WHERE state IN ('available', 'running') LIMIT 1");
            return ValueTask.FromResult(!any.Step());
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (var statement in new[] { _begin, _commit, _insertTask, _insertBody, _claim, _complete })
        {
            statement.Dispose();
        }

        _database?.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Open()
    {
        Batteries_V2.Init();
        if (raw.sqlite3_open(path, out _database) != raw.SQLITE_OK)
        {
            throw new InvalidOperationException("The database does not open.");
        }

        foreach (var pragma in new[] { "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY", "cache_size = -16384" })
        {
            using var statement = new RawStatement(_database, $"PRAGMA {pragma}");
            statement.Run();
        }

        (_begin, _commit) = (new(_database, "BEGIN IMMEDIATE"), new(_database, "COMMIT"));
        (_insertTask, _insertBody) = (new(_database, InsertTask), new(_database, InsertBody));
        (_claim, _complete) = (new(_database, Claim), new(_database, Complete));
    }

    private void Work(Action<string> handler, CancellationToken stopped)
    {
        var claimed = new List<(long Seq, long LeaseId, string Payload)>();
        while (!stopped.IsCancellationRequested)
        {
            claimed.Clear();
            lock (_gate)
            {
                ClaimInto(claimed);
            }

            foreach (var task in claimed)
            {
                handler(task.Payload);
            }

            lock (_gate)
            {
                _begin.Run();
                foreach (var (seq, lease, _) in claimed)
                {
                    _complete.Bind(1, Now).Bind(2, seq).Bind(3, lease).Run();
                }

                _commit.Run();
            }
        }
    }

    private void ClaimInto(List<(long Seq, long LeaseId, string Payload)> claimed)
    {
        _begin.Run();
        _claim.Bind(1, Now).Bind(2, batch);
        while (_claim.Step())
        {
            _ = _claim.Text(1);
            claimed.Add((_claim.Integer(0), _claim.Integer(2), _claim.Text(3)));
        }

        _claim.Reset();
        _commit.Run();
    }

    private sealed class Worker(CancellationTokenSource stopped, Task loop) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await stopped.CancelAsync();
            await loop;
            stopped.Dispose();
        }
    }
}
