using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Orchestrator.Conformance;
using Orchestrator.Conformance.Model;
using Orchestrator.Secrets;

namespace Orchestrator.Storage.PostgreSql.Tests;

/// <summary>A schema of a test, opened as often as the test likes.</summary>
internal sealed class PostgresSchema : IAsyncDisposable
{
    private readonly List<PostgreSqlDatabase> _opened = [];
    private readonly Lock _gate = new(); // guards _opened

    public string Name { get; } = TestServer.NextSchema();

    public string ConnectionString { get; } = TestServer.ConnectionString;

    public PostgreSqlStorageOptions Options(Action<PostgreSqlStorageOptions>? configure = null)
    {
        var options = new PostgreSqlStorageOptions { ConnectionString = new NpgsqlConnectionStringBuilder(ConnectionString) { ApplicationName = Name }.ConnectionString, Schema = Name, MaxConnections = 12 };
        configure?.Invoke(options);
        return options;
    }

    /// <summary>Opens the schema once more, as another process would.</summary>
    public PostgreSqlDatabase Open(Action<PostgreSqlStorageOptions>? configure = null, TimeProvider? time = null, ILogger<PostgreSqlDatabase>? logger = null)
    {
        var database = new PostgreSqlDatabase(Options(configure), time ?? TimeProvider.System, null, logger ?? NullLogger<PostgreSqlDatabase>.Instance);
        lock (_gate)
        {
            _opened.Add(database);
        }

        return database;
    }

    public PostgreSqlTaskStore OpenStore() => new(Open(), null);

    public StorageSeams OpenSeams(ISecretRedactor? redactor = null)
    {
        var database = Open();
        return new StorageSeams(
            new PostgreSqlTaskStore(database, redactor), new PostgreSqlTaskOperations(database), new PostgreSqlTaskPlans(database, redactor), new PostgreSqlTaskSchedules(database, redactor));
    }

    /// <summary>The schema as random programs want it.</summary>
    public static ModelDatabase NewModel()
    {
        var schema = new PostgresSchema();
        return new ModelDatabase(
            () =>
            {
                var database = schema.Open();
                return new ModelProcess(new PostgreSqlTaskStore(database, null), new PostgreSqlTaskOperations(database), new PostgreSqlTaskPlans(database, null), database.DisposeAsync);
            },
            schema.DisposeAsync);
    }

    /// <summary>A connection of a host, which finds its own tables and ours in the test's schema.</summary>
    public async Task<NpgsqlConnection> ConnectAsync(string? connectionString = null)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString ?? ConnectionString) { SearchPath = Name, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Goes behind the back of everything that opened the schema.</summary>
    public async Task<int> ExecuteAsync(string sql, params object[] values)
    {
        await using var connection = await ConnectAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return await command.ExecuteNonQueryAsync();
    }

    public async Task<T?> QueryAsync<T>(string sql)
    {
        await using var connection = await ConnectAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T?)await command.ExecuteScalarAsync();
    }

    /// <summary>Cuts connections of this schema's processes to the server.</summary>
    /// <param name="like">Those whose latest statement is like this.</param>
    /// <returns>How many were cut.</returns>
    public Task<long> CutConnectionsAsync(string like = "%") => QueryAsync<long>($"""
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = '{Name}' AND query LIKE '{like}'
        """);

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _opened)
        {
            await database.DisposeAsync();
        }

        await ExecuteAsync($"DROP SCHEMA IF EXISTS {Name} CASCADE");
    }
}
