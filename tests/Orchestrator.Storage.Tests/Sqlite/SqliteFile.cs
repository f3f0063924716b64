using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Testing;

namespace Orchestrator.Storage.Tests.Sqlite;

/// <summary>A database file of a test, opened as often as the test likes.</summary>
internal sealed class SqliteFile : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<SqliteDatabase> _opened = [];
    private readonly Lock _gate = new(); // guards _opened

    public string Directory => _directory.Path;

    public string Path => System.IO.Path.Combine(_directory.Path, "test.db");

    public ManualTimeProvider Time { get; } = new();

    public SqliteDatabase Open(Action<SqliteStorageOptions>? configure = null, ILogger<SqliteDatabase>? logger = null)
    {
        var options = new SqliteStorageOptions { Path = Path };
        configure?.Invoke(options);
        var database = new SqliteDatabase(options, Time, null, logger ?? NullLogger<SqliteDatabase>.Instance);
        lock (_gate)
        {
            _opened.Add(database);
        }

        return database;
    }

    /// <summary>Goes behind the back of everything that opened the file.</summary>
    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        await connection.ExecuteAsync(sql, parameters);
    }

    public async Task<T?> QueryAsync<T>(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        return await connection.ExecuteScalarAsync<T>(sql);
    }

    /// <summary>How SQLite would answer a query.</summary>
    public async Task<string> PlanAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        return string.Join('\n', (await connection.QueryAsync<(long Id, long Parent, long Unused, string Detail)>("EXPLAIN QUERY PLAN " + sql)).Select(row => row.Detail));
    }

    /// <summary>Everything that is on the disk.</summary>
    public async Task<string> AllBytesAsync()
    {
        var text = new System.Text.StringBuilder();
        foreach (var file in System.IO.Directory.EnumerateFiles(Directory))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            text.Append(await reader.ReadToEndAsync());
        }

        return text.ToString();
    }

    public void Dispose()
    {
        _opened.ForEach(database => database.Dispose());
        _directory.Dispose();
    }
}
