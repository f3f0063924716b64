namespace Orchestrator.Storage.PostgreSql;

/// <summary>Adds up what transactions noted about counters, every few hundred of them: one of the processes does it, nobody waits for it.</summary>
internal sealed class PostgreSqlCounters(PostgreSqlDatabase database)
{
    private const int WritesBetween = 500;

    private const string Fold = "SELECT {schema}.fold_counters($1)";

    private int _writes;

    /// <summary>Counts a write and adds up when it is time. What cannot be done now is done another time.</summary>
    public async ValueTask FoldAsync()
    {
        if (Interlocked.Increment(ref _writes) % WritesBetween != 0)
        {
            return;
        }

        try
        {
            await FoldAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is StorageException or ObjectDisposedException)
        {
            // Whatever it is: the write before it was committed, and that is what its caller has to hear.
        }
    }

    /// <summary>Adds up now.</summary>
    public ValueTask<int> FoldAsync(CancellationToken cancellationToken) => database.RunAsync(
        (session, cancel) => session.ExecuteAsync(Fold, cancel, database.Time.GetUtcNow().ToUnixTimeMilliseconds()), cancellationToken);
}
