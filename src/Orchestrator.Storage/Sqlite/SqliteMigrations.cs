using System.Globalization;
using System.Reflection;
using Dapper;
using Microsoft.Data.Sqlite;
using Orchestrator.Queue;

namespace Orchestrator.Storage.Sqlite;

/// <summary>Brings the schema up to date: numbered scripts, forward only, all under one write lock.</summary>
internal static class SqliteMigrations
{
    private const string Prefix = "Migrations/";

    private const string CreateLedger = """
        CREATE TABLE IF NOT EXISTS storage_schema (
            version        INTEGER PRIMARY KEY,
            name           TEXT    NOT NULL,
            worker_name    TEXT    NOT NULL,
            container_name TEXT    NOT NULL,
            created_at     INTEGER NOT NULL
        )
        """;

    private const string HasLedger = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'storage_schema'";

    private const string ReadVersion = "SELECT coalesce(max(version), 0) FROM storage_schema";

    private const string AddVersion = """
        INSERT INTO storage_schema (version, name, worker_name, container_name, created_at)
        VALUES (@Version, @Name, @WorkerName, @ContainerName, @CreatedAt)
        """;

    /// <summary>The scripts, in the order of their numbers.</summary>
    public static IReadOnlyList<(long Version, string Name)> Known { get; } = [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .Select(name => (long.Parse(name.AsSpan(Prefix.Length, 4), NumberStyles.None, CultureInfo.InvariantCulture), name[Prefix.Length..]))
        .Order()];

    /// <summary>Brings the schema up to date.</summary>
    /// <returns>The version that it had, and the one that it has now.</returns>
    public static (long From, long To) Apply(SqliteConnection connection, string path, DateTimeOffset now, WorkerIdentity? worker)
    {
        var newest = Known[^1].Version;

        // Most starts find nothing to do: they look without taking the write lock.
        if (connection.ExecuteScalar<long>(HasLedger) > 0 && Check(connection.ExecuteScalar<long>(ReadVersion), newest, path) == newest)
        {
            return (newest, newest);
        }

        SqliteBusy.Begin(connection);
        connection.Execute(CreateLedger);
        var current = Check(connection.ExecuteScalar<long>(ReadVersion), newest, path);
        foreach (var (version, name) in Known.Where(migration => migration.Version > current))
        {
            Run(connection, path, name);
            connection.Execute(AddVersion, new
            {
                Version = version,
                Name = name,
                WorkerName = worker?.WorkerName ?? "local",
                ContainerName = worker?.ContainerName ?? "local",
                CreatedAt = now.ToMilliseconds(),
            });
        }

        connection.Execute("COMMIT");
        return (current, newest);
    }

    private static long Check(long version, long newest, string path) => version <= newest
        ? version
        : throw new StorageException(
            StorageErrorCodes.SchemaTooNew,
            $"'{path}' has schema version {version}; this package knows versions up to {newest}. Update the Orchestrator packages, or use another database.");

    private static void Run(SqliteConnection connection, string path, string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix + name)!;
        using var reader = new StreamReader(stream);
        try
        {
            connection.Execute(reader.ReadToEnd());
        }
        catch (SqliteException error) when (!SqliteErrors.IsContention(error))
        {
            throw new StorageException(
                StorageErrorCodes.MigrationFailed, $"The migration {name} does not fit '{path}': the file holds tables of the same names that are not ours. Use another database.", error);
        }
    }
}
