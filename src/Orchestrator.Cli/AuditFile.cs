using System.Runtime.CompilerServices;
using Orchestrator.Auditing;
using Orchestrator.Cli.Output;
using Orchestrator.Storage.Auditing;

namespace Orchestrator.Cli;

/// <summary>Writes the audit trail to a file that has its name only when it is whole.</summary>
internal static class AuditFile
{
    /// <exception cref="IOException">The file is there already, or cannot be written; nothing is left behind.</exception>
    public static async Task<AuditExport> WriteAsync(IOperationLog log, string path, long after, TimeProvider time, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
        {
            throw new IOException($"'{path}' is there already; it is not replaced.");
        }

        var partial = $"{path}.{Guid.CreateVersion7(time.GetUtcNow()):N}.partial";
        try
        {
            var source = new WatchedLog(log);
            long entries;
            await using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write))
            {
                entries = await OperationLogExport.WriteAsync(source, stream, new OperationQuery { After = after }, cancellationToken);
                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, path);
            return new AuditExport(path, entries, source.Last?.Sequence, source.Last?.Hash);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>Remembers the entry that was read last.</summary>
    private sealed class WatchedLog(IOperationLog log) : IOperationLog
    {
        public OperationEntry? Last { get; private set; }

        public async IAsyncEnumerable<OperationEntry> ReadAsync(OperationQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var entry in log.ReadAsync(query, cancellationToken))
            {
                Last = entry;
                yield return entry;
            }
        }

        public ValueTask<OperationEntry> AppendAsync(Operation operation, CancellationToken cancellationToken) => log.AppendAsync(operation, cancellationToken);

        public ValueTask<ChainVerification> VerifyAsync(CancellationToken cancellationToken) => log.VerifyAsync(cancellationToken);
    }
}
