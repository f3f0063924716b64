using System.Runtime.CompilerServices;

namespace Orchestrator.Storage.Sqlite;

/// <summary>Hints that another process (or another connection of this one) committed something: SQLite counts such commits, and asking costs microseconds.</summary>
/// <remarks>Thread-safe; a singleton. What this process writes through the same <see cref="SqliteDatabase"/> gives no hint: whoever writes knows.</remarks>
internal sealed class SqliteTaskNotifications(SqliteDatabase database, TimeProvider time) : ITaskNotifications
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    public async IAsyncEnumerable<string?> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await database.InitializeAsync(cancellationToken).ConfigureAwait(false);
        var seen = database.LookForOthers();
        yield return null;
        for (var pause = ShortestPause; ; pause = pause * 1.25 < LongestPause ? pause * 1.25 : LongestPause)
        {
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            if (database.LookForOthers() is var now && now != seen)
            {
                seen = now;
                pause = ShortestPause;
                yield return null;
            }
        }
    }
}
