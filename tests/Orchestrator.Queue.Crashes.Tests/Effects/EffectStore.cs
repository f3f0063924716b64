using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Orchestrator.Queue.Crashes.Tests.Effects;

/// <summary>
/// A world outside the queue's database on which tasks have an effect: a ledger that takes every entry, and beside it, for each task, the highest fencing token
/// that was ever shown. Whether an effect is allowed and the effect itself are one transaction; nothing but the token keeps a second effect out while a task runs
/// twice, and nothing but the mark that it was done keeps it out when a task runs again.
/// </summary>
/// <remarks>Thread-safe, also between processes. Spread over several files, so that processes do not queue up.</remarks>
internal sealed class EffectStore : IDisposable
{
    private const int Shards = 8;

    private readonly Shard[] _shards;

    public EffectStore(string folder) =>
        _shards = [.. Enumerable.Range(0, Shards).Select(number => new Shard(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"effects-{number}.db"))))];

    /// <summary>Shows a token before the work begins, so that older ones are refused from now on.</summary>
    public EffectStatus Claim(int task, long token) => _shards[task % Shards].Run(task, token, isEffect: false);

    /// <summary>Has the effect, unless it was had before or a newer token was shown.</summary>
    public EffectStatus Apply(int task, long token) => _shards[task % Shards].Run(task, token, isEffect: true);

    /// <summary>How many entries the ledger has for how many tasks.</summary>
    public (long Entries, long Tasks) Count()
    {
        var counts = Array.ConvertAll(_shards, shard => shard.Count());
        return (counts.Sum(count => count.Entries), counts.Sum(count => count.Tasks));
    }

    public void Dispose() => Array.ForEach(_shards, shard => shard.Dispose());

    private sealed class Shard : IDisposable
    {
        private readonly SqliteConnection _connection;
        private readonly Lock _gate = new(); // guards _connection

        public Shard(string path)
        {
            _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 60 }.ToString());
            _connection.Open();
            Execute("PRAGMA busy_timeout = 60000");
            Execute("PRAGMA journal_mode = WAL");
            Execute("PRAGMA synchronous = OFF");
            Execute("CREATE TABLE IF NOT EXISTS ledger (id INTEGER PRIMARY KEY, task INTEGER NOT NULL, token INTEGER NOT NULL)");
            Execute("CREATE TABLE IF NOT EXISTS fences (task INTEGER PRIMARY KEY, token INTEGER NOT NULL, is_done INTEGER NOT NULL)");
        }

        public EffectStatus Run(int task, long token, bool isEffect)
        {
            lock (_gate)
            {
                using var transaction = _connection.BeginTransaction(deferred: false);
                var (highest, isDone) = Find(task);
                if (highest > token)
                {
                    return EffectStatus.Refused;
                }

                Execute(
                    "INSERT INTO fences (task, token, is_done) VALUES (@task, @token, @done) ON CONFLICT (task) DO UPDATE SET token = @token, is_done = @done",
                    task, token, isDone || isEffect);
                if (isEffect && !isDone)
                {
                    Execute("INSERT INTO ledger (task, token) VALUES (@task, @token)", task, token);
                }

                transaction.Commit();
                return isDone ? EffectStatus.WasThere : EffectStatus.Done;
            }
        }

        public (long Entries, long Tasks) Count()
        {
            lock (_gate)
            {
                using var command = _connection.CreateCommand();
                command.CommandText = "SELECT count(*), count(DISTINCT task) FROM ledger";
                using var reader = command.ExecuteReader();
                reader.Read();
                return (reader.GetInt64(0), reader.GetInt64(1));
            }
        }

        public void Dispose() => _connection.Dispose();

        private (long Token, bool IsDone) Find(int task)
        {
            using var command = _connection.CreateCommand();
            command.CommandText = "SELECT token, is_done FROM fences WHERE task = @task";
            command.Parameters.AddWithValue("@task", task);
            using var reader = command.ExecuteReader();
            return reader.Read() ? (reader.GetInt64(0), reader.GetBoolean(1)) : (0, false);
        }

        private void Execute(string sql, int task = 0, long token = 0, bool isDone = false)
        {
            using var command = _connection.CreateCommand();
            command.CommandText = sql;
            command.Parameters.AddWithValue("@task", task);
            command.Parameters.AddWithValue("@token", token);
            command.Parameters.AddWithValue("@done", isDone);
            command.ExecuteNonQuery();
        }
    }
}
