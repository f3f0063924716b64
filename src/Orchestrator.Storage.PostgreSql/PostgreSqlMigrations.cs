using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orchestrator.Queue;
using Orchestrator.Storage.PostgreSql.Diagnostics;

namespace Orchestrator.Storage.PostgreSql;

/// <summary>Brings the schema up to date: numbered scripts, forward only, in one transaction under an advisory lock.</summary>
internal static class PostgreSqlMigrations
{
    private const string Prefix = "Migrations/";

    private const string HasSchema = "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)";

    private const string HasLedger = "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = 'storage_schema')";

    private const string Lock = "SELECT pg_advisory_xact_lock(hashtextextended('orchestrator.storage_schema.' || $1, 0))";

    private const string CreateSchema = "CREATE SCHEMA {schema}";

    private const string CreateLedger = """
        CREATE TABLE {schema}.storage_schema (
            version        bigint NOT NULL PRIMARY KEY,
            name           text   NOT NULL,
            worker_name    text   NOT NULL,
            container_name text   NOT NULL,
            created_at     bigint NOT NULL
        )
        """;

    private const string ReadVersion = "SELECT coalesce(max(version), 0) FROM {schema}.storage_schema";

    private const string AddVersion = "INSERT INTO {schema}.storage_schema (version, name, worker_name, container_name, created_at) VALUES ($1, $2, $3, $4, $5)";

    /// <summary>The scripts, in the order of their numbers.</summary>
    public static IReadOnlyList<(long Version, string Name)> Known { get; } = [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .Select(name => (long.Parse(name.AsSpan(Prefix.Length, 4), NumberStyles.None, CultureInfo.InvariantCulture), name[Prefix.Length..]))
        .Order()];

    public static async Task ApplyAsync(
        NpgsqlConnection connection, PostgreSqlTexts texts, WorkerIdentity? worker, DateTimeOffset now, ILogger logger, CancellationToken cancellationToken)
    {
        // Most starts find nothing to do: they look without taking the lock.
        var newest = Known[^1].Version;
        var look = new PostgreSqlSession(connection, null, texts);
        if (await look.TestAsync(HasLedger, cancellationToken, texts.Schema).ConfigureAwait(false)
            && Check(await look.NumberAsync(ReadVersion, cancellationToken).ConfigureAwait(false) ?? 0, texts.Schema) == newest)
        {
            Log.DatabaseOpened(logger, texts.Schema, newest);
            return;
        }

        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = transaction.ConfigureAwait(false);
        var session = new PostgreSqlSession(connection, transaction, texts);
        await session.ExecuteAsync(Lock, cancellationToken, texts.Schema).ConfigureAwait(false);
        if (!await session.TestAsync(HasSchema, cancellationToken, texts.Schema).ConfigureAwait(false))
        {
            await session.ExecuteAsync(CreateSchema, cancellationToken).ConfigureAwait(false);
        }

        if (!await session.TestAsync(HasLedger, cancellationToken, texts.Schema).ConfigureAwait(false))
        {
            await session.ExecuteAsync(CreateLedger, cancellationToken).ConfigureAwait(false);
        }

        var current = Check(await session.NumberAsync(ReadVersion, cancellationToken).ConfigureAwait(false) ?? 0, texts.Schema);
        foreach (var (version, name) in Known.Where(migration => migration.Version > current))
        {
            await RunAsync(connection, transaction, texts, name, cancellationToken).ConfigureAwait(false);
            await session.ExecuteAsync(
                AddVersion, cancellationToken, version, name, worker?.WorkerName ?? "local", worker?.ContainerName ?? "local", now.ToUnixTimeMilliseconds()).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        Log.SchemaMigrated(logger, texts.Schema, current, newest);
    }

    private static long Check(long version, string schema) => version <= Known[^1].Version
        ? version
        : throw new StorageException(
            StorageErrorCodes.SchemaTooNew,
            $"Schema '{schema}' on PostgreSQL has version {version}; this package knows versions up to {Known[^1].Version}. Update the Orchestrator packages, or use another schema.");

    private static async Task RunAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, PostgreSqlTexts texts, string name, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix + name)!);
        var script = texts.Replace(await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false));
        using var command = new NpgsqlCommand(script, connection, transaction) { CommandTimeout = 0 };
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.DuplicateFunction)
        {
            throw new StorageException(
                StorageErrorCodes.MigrationFailed, $"The migration {name} does not fit schema '{texts.Schema}': it holds things of the same names that are not ours. Use another schema.", error);
        }
    }
}
