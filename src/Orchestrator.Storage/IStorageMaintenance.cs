namespace Orchestrator.Storage;

/// <summary>What keeps a database healthy: backups, checks, sizes, retention. For an operator or a background service.</summary>
/// <remarks>Thread-safe. Everything may run while the queue works, and none of it holds up writers for long.</remarks>
public interface IStorageMaintenance
{
    /// <summary>
    /// Copies the database, as it is at one moment, into a file that can be opened like the original. The file appears under its name only once it is
    /// whole, checked and on the disk (only its new name may not be, when the power fails in that moment); a backup that fails or is cancelled leaves nothing behind. On Unix only its owner may read it.
    /// </summary>
    /// <param name="path">The file to make. Its directory must exist.</param>
    /// <param name="overwrite">Whether a file of that name may be replaced.</param>
    /// <param name="progress">Hears how far it is; <see langword="null"/> for nobody.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When the backup is in its place.</returns>
    /// <exception cref="ArgumentException">The path is empty, or is the database itself.</exception>
    /// <exception cref="StorageException">
    /// <see cref="StorageErrorCodes.AlreadyExists"/>, <see cref="StorageErrorCodes.DiskFull"/>, <see cref="StorageErrorCodes.CannotOpen"/>,
    /// <see cref="StorageErrorCodes.Corrupt"/> when the copy is not sound; <see cref="StorageErrorCodes.NotSupported"/> from an engine that leaves backups to tools of its own.
    /// </exception>
    ValueTask BackupAsync(string path, bool overwrite, IProgress<BackupProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Reads the whole database and reports everything that is not as it should be. Takes time in proportion to its size.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The problems found; a damaged database is a result, not an exception.</returns>
    /// <exception cref="StorageException">The database cannot be opened at all.</exception>
    ValueTask<StorageCheck> CheckAsync(CancellationToken cancellationToken);

    /// <summary>Tells how large everything is, without reading any table through.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The sizes.</returns>
    ValueTask<StorageSizes> GetSizesAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Deletes what is older than the policy keeps: finished tasks with their bodies, events, logs and attempts, plans without tasks, deduplication keys that
    /// hold nothing, executions and assignments, and what the router decided, booked and remembered. In small transactions with others' work between them; what was deleted before a cancellation stays deleted.
    /// </summary>
    /// <remarks>
    /// Tasks of a plan that has not ended stay: others in it may need their results. For the same reason a task stays, in spite of its age, while one that depends
    /// on it has not completed: a dead letter can be retried for as long as it is kept. Groups of which nothing is to be remembered are deleted, too. The operation log is never shortened, as its chain would no longer verify:
    /// export it, and keep it.
    /// </remarks>
    /// <param name="policy">What to keep for how long.</param>
    /// <param name="now">The time that ages are counted from.</param>
    /// <param name="cancellationToken">Stops between two transactions.</param>
    /// <returns>How much was deleted.</returns>
    ValueTask<RetentionResult> ApplyRetentionAsync(RetentionPolicy policy, DateTimeOffset now, CancellationToken cancellationToken);
}
