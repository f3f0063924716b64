using Orchestrator.Storage.PostgreSql.Maintenance;

namespace Orchestrator.Storage.PostgreSql;

/// <summary>Checks, sizes and retention of a schema of PostgreSQL, while it is in use. Backups are left to <c>pg_dump</c> or the server's own archive.</summary>
/// <remarks>Thread-safe; a singleton. Waits for nobody's lock longer than <see cref="PostgreSqlStorageOptions.MaintenanceLockTimeout"/>.</remarks>
public sealed class PostgreSqlStorageMaintenance : IStorageMaintenance
{
    private readonly PostgreSqlDatabase _database;

    /// <summary>Makes the maintenance.</summary>
    /// <param name="database">The database.</param>
    public PostgreSqlStorageMaintenance(PostgreSqlDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        _database = database;
    }

    /// <inheritdoc/>
    public ValueTask BackupAsync(string path, bool overwrite, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return ValueTask.FromException(new StorageException(
            StorageErrorCodes.NotSupported,
            $"PostgreSQL is backed up by tools of its own: run 'pg_dump --format=custom --schema={_database.Schema} --file=FILE DATABASE', or use the server's base backups and archive."));
    }

    /// <inheritdoc/>
    public async ValueTask<StorageCheck> CheckAsync(CancellationToken cancellationToken)
    {
        await _database.InitializeAsync(cancellationToken).ConfigureAwait(false);
        return await SchemaCheck.RunAsync(_database, cancellationToken).ConfigureAwait(false);
    }

    private const string ReadTables = """
        SELECT c.relname, c.reltuples::bigint, pg_total_relation_size(c.oid)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relkind = 'r' ORDER BY c.relname COLLATE "C"
        """;

    /// <inheritdoc/>
    public async ValueTask<StorageSizes> GetSizesAsync(CancellationToken cancellationToken)
    {
        var tables = await _database.RunAsync(
            (session, cancel) => session.QueryAsync(
                ReadTables, static row => new TableSize(row.GetString(0), row.GetInt64(1) < 0 ? null : row.GetInt64(1), row.GetInt64(2)), cancel, _database.Schema),
            cancellationToken).ConfigureAwait(false);
        return new StorageSizes { DatabaseBytes = tables.Sum(table => table.Bytes ?? 0), LogBytes = 0, FreeBytes = 0, Tables = tables.ToValueList() };
    }

    /// <inheritdoc/>
    public ValueTask<RetentionResult> ApplyRetentionAsync(RetentionPolicy policy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return new Retention(_database).ApplyAsync(policy, now, cancellationToken);
    }
}
