using Orchestrator.Providers;

namespace Orchestrator.Routing.Attempts;

/// <summary>An attempt that began well and goes on, such as a stream: whoever holds it says how it ended. Without a word it counts as cancelled and is charged as expected.</summary>
/// <remarks>Thread-safe; only the first word counts.</remarks>
public sealed class OpenAttempt : IAsyncDisposable
{
    private readonly Func<AttemptEnd, ValueTask> _end;
    private int _ended;

    internal OpenAttempt(AttemptContext context, Func<AttemptEnd, ValueTask> end) => (Context, _end) = (context, end);

    /// <summary>The attempt.</summary>
    public AttemptContext Context { get; }

    /// <summary>Says how it ended: the money is settled and the router told.</summary>
    /// <param name="end">How.</param>
    /// <returns>When it is settled.</returns>
    public ValueTask EndAsync(AttemptEnd end)
    {
        ArgumentNullException.ThrowIfNull(end);
        return Interlocked.Exchange(ref _ended, 1) == 0 ? _end(end) : ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() =>
        EndAsync(new AttemptEnd(new AgentFailure { Class = FailureClass.Cancelled, Message = "Nobody waited for the end." }, null, null));
}
