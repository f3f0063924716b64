using Npgsql;
using Orchestrator.Storage.PostgreSql.Tests;
using Orchestrator.Testing;

[assembly: AssemblyFixture(typeof(TestServer))]

namespace Orchestrator.Storage.PostgreSql.Tests;

/// <summary>A database for the tests of this run, on the server that <c>eng/engines.sh postgres</c> started. Made when the first test asks for it.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private static readonly Lock Gate = new(); // guards _name
    private static string? _name;
    private static int _schemas;

    /// <summary>The connection string of the run's database; skips or fails the test when there is no server.</summary>
    public static string ConnectionString
    {
        get
        {
            var server = Engines.PostgresConnectionString;
            lock (Gate)
            {
                if (_name is null)
                {
                    var name = $"orchestrator_tests_{Environment.ProcessId}_{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}";
                    Execute(server, $"CREATE DATABASE {name}");
                    _name = name;
                }

                return With(server, _name);
            }
        }
    }

    /// <summary>A connection string like the server's, to another database.</summary>
    public static string With(string server, string database) => new NpgsqlConnectionStringBuilder(server) { Database = database }.ConnectionString;

    /// <summary>A name that no other test has.</summary>
    public static string NextSchema() => $"t{Interlocked.Increment(ref _schemas)}";

    public static void Execute(string connectionString, string sql)
    {
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        command.ExecuteNonQuery();
    }

    public ValueTask DisposeAsync()
    {
        if (_name is not null)
        {
            NpgsqlConnection.ClearAllPools();
            Execute(Engines.PostgresConnectionString, $"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
        }

        return ValueTask.CompletedTask;
    }
}
