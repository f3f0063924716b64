using Orchestrator.Auditing;

namespace Orchestrator.Patching;

/// <summary>Keeps what was appended.</summary>
internal sealed class KeptOperations : IOperationLog
{
    public List<Operation> Kept { get; } = [];

    public Exception? Failure { get; set; }

    public ValueTask<OperationEntry> AppendAsync(Operation operation, CancellationToken cancellationToken)
    {
        if (Failure is { } failure)
        {
            throw failure;
        }

        Kept.Add(operation);
        return new(new OperationEntry { Sequence = Kept.Count, At = DateTimeOffset.UnixEpoch, Operation = operation, PreviousHash = new('0', 64), Hash = new('1', 64) });
    }

    public IAsyncEnumerable<OperationEntry> ReadAsync(OperationQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ChainVerification> VerifyAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
