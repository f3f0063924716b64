namespace Orchestrator.Storage.Sqlite.Maintenance;

/// <summary>Backups, checks, sizes and retention of a SQLite file, while it is in use.</summary>
/// <remarks>Thread-safe; a singleton.</remarks>
internal sealed class SqliteStorageMaintenance(SqliteDatabase database, TimeProvider time) : IStorageMaintenance
{
    private readonly SqliteBackup _backup = new(database.Connections, time);
    private readonly SqliteRetention _retention = new(database);

    /// <inheritdoc/>
    public async ValueTask BackupAsync(string path, bool overwrite, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        await database.InitializeAsync(cancellationToken).ConfigureAwait(false);

        // SQLite blocks: not the caller's thread.
        await Task.Run(() => _backup.Run(path, overwrite, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<StorageCheck> CheckAsync(CancellationToken cancellationToken)
    {
        // Not by way of InitializeAsync: a file too damaged to be used is the one to check.
        if (!File.Exists(database.Path))
        {
            throw new StorageException(StorageErrorCodes.CannotOpen, $"'{database.Path}' does not exist.");
        }

        return await Task.Run(() => SqliteCheck.Run(database.Connections, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<StorageSizes> GetSizesAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(connection => SqliteSizes.Read(connection, database.Path), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<RetentionResult> ApplyRetentionAsync(RetentionPolicy policy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return _retention.ApplyAsync(policy, now, cancellationToken);
    }
}
