using System.Text.Json;
using Orchestrator.Auditing;
using Orchestrator.Json;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Sqlite.Auditing;

namespace Orchestrator.Storage.Auditing;

/// <summary>Takes the operation log out of the database as JSON lines, one <see cref="OperationEntry"/> a line in UTF-8, and checks such a file without any database.</summary>
/// <remarks>Thread-safe. Reads and writes piece by piece: memory does not grow with the log.</remarks>
public static class OperationLogExport
{
    /// <summary>Writes entries.</summary>
    /// <param name="log">The log.</param>
    /// <param name="stream">Where to; stays open.</param>
    /// <param name="query">
    /// Which entries; <see langword="null"/> for all. Only entries without a gap between them can be verified later: leave out <see cref="OperationQuery.TaskId"/> and
    /// <see cref="OperationQuery.Name"/> for that.
    /// </param>
    /// <param name="cancellationToken">Gives up; what was written by then stays.</param>
    /// <returns>How many entries were written.</returns>
    /// <exception cref="StorageException">The database cannot be used, or an entry was damaged so that it cannot be read.</exception>
    public static async Task<long> WriteAsync(IOperationLog log, Stream stream, OperationQuery? query = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(stream);
        var entries = 0L;
        using var line = new MemoryStream();
        await foreach (var entry in log.ReadAsync(query ?? new OperationQuery(), cancellationToken).ConfigureAwait(false))
        {
            line.SetLength(0);
            JsonSerializer.Serialize(line, entry, OrchestratorJsonContext.Default.OperationEntry);
            line.WriteByte((byte)'\n');
            await stream.WriteAsync(line.GetBuffer().AsMemory(0, (int)line.Length), cancellationToken).ConfigureAwait(false);
            entries++;
        }

        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        return entries;
    }

    /// <summary>Checks a file: every entry is as it was written and follows the one before.</summary>
    /// <remarks>
    /// The chain has no key: whoever rewrites the whole file leaves no trace, unless its last hash is known from elsewhere. In a file that does not begin with the
    /// log's first entry, the hash before its first entry is taken on trust.
    /// </remarks>
    /// <param name="stream">What <see cref="WriteAsync"/> wrote; stays open.</param>
    /// <param name="after">The <see cref="OperationQuery.After"/> that it was written with: the first entry must be the next one.</param>
    /// <param name="lastHash">The hash that the last entry must have; <see langword="null"/> when it is not known: entries cut off at the end are not missed then.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it is whole, and where it first is not. A file that is no such export is a result, not an exception.</returns>
    public static async Task<ChainVerification> VerifyAsync(Stream stream, long after = 0, string? lastHash = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        var (entries, expected) = (0L, after + 1);
        var previous = after == 0 ? OperationRow.NoHash : null;
        var read = JsonSerializer.DeserializeAsyncEnumerable(stream, OrchestratorJsonContext.Default.OperationEntry, topLevelValues: true, cancellationToken);
        var reader = read.GetAsyncEnumerator(cancellationToken);
        try
        {
            while (await reader.MoveNextAsync().ConfigureAwait(false))
            {
                if (reader.Current is not { } entry)
                {
                    return new ChainVerification(false, entries, expected, $"Entry {expected} is missing; there is nothing in its place.");
                }

                if (Fault(entry, expected, previous ?? entry.PreviousHash) is { } fault)
                {
                    return new ChainVerification(false, entries, expected, fault);
                }

                (entries, expected, previous) = (entries + 1, expected + 1, entry.Hash);
            }
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            return new ChainVerification(false, entries, expected, $"Entry {expected} cannot be read: {error.Message}");
        }
        finally
        {
            await reader.DisposeAsync().ConfigureAwait(false);
        }

        return lastHash is null || string.Equals(lastHash, previous, StringComparison.OrdinalIgnoreCase)
            ? new ChainVerification(true, entries)
            : new ChainVerification(false, entries, expected, "The last entry is not the one that was written last.");
    }

    private static string? Fault(OperationEntry entry, long expected, string previous)
    {
        var row = OperationRow.Create(entry.Operation, entry.Sequence, entry.At.ToMilliseconds(), entry.PreviousHash);

        // What a row cannot hold, such as parts of milliseconds, was not written by the log.
        return row.Fault(entry.Hash, expected, previous) ?? (row.ToEntry(entry.Hash) == entry ? null : $"Entry {expected} is not as it was written.");
    }
}
