namespace Orchestrator.Auditing;

/// <summary>The audit trail: append-only and chained by hashes, so that a changed, removed, inserted or reordered entry is found.</summary>
/// <remarks>Thread-safe. An append that returned is durable.</remarks>
public interface IOperationLog
{
    /// <summary>Adds an entry to the end.</summary>
    /// <param name="operation">What happened; secrets in it are redacted before it is stored.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>The entry as it was stored.</returns>
    ValueTask<OperationEntry> AppendAsync(Operation operation, CancellationToken cancellationToken);

    /// <summary>Reads entries in the order of their sequence.</summary>
    /// <param name="query">Which entries.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The entries.</returns>
    IAsyncEnumerable<OperationEntry> ReadAsync(OperationQuery query, CancellationToken cancellationToken);

    /// <summary>Checks the whole chain.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it is whole, and where it first is not.</returns>
    ValueTask<ChainVerification> VerifyAsync(CancellationToken cancellationToken);
}
