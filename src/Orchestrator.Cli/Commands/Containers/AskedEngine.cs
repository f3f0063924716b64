using Orchestrator.Containers;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>An engine that is asked again and again, each time within a limit, and is left alone for a while once it answers nobody.</summary>
/// <remarks>Thread-safe. A call that ignores its limit is left behind.</remarks>
/// <param name="engine">The engine.</param>
/// <param name="time">The clock.</param>
/// <param name="dispatch">Where its calls run: it may block.</param>
internal sealed class AskedEngine(IContainerEngine engine, TimeProvider time, Func<Func<Task>, Task> dispatch)
{
    /// <summary>How long one call may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1.5);

    /// <summary>How long it is left alone.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    /// <summary>Failures in a row: one alone may be the instance's.</summary>
    private const int Patience = 3;

    private readonly Lock _gate = new(); // guards what follows
    private int _failures;
    private long _failedAt;

    public string Name => engine.Name;

    /// <summary>Whether it is left alone now.</summary>
    public bool IsResting
    {
        get
        {
            lock (_gate)
            {
                return _failures >= Patience && time.GetElapsedTime(_failedAt) < Rest;
            }
        }
    }

    /// <summary>Asks it something; nothing while it rests.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<EngineAnswer<T>> AskAsync<T>(Func<IContainerEngine, CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        if (IsResting)
        {
            return default;
        }

        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var answer = new EngineAnswer<T>(IsThere: true, await CallAsync(call, either.Token).WaitAsync(either.Token));
            Note(isFailure: false);
            return answer;
        }
        catch (Exception error) when (error is OrchestratorException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Note(isFailure: true);
            return default;
        }
    }

    private async Task<T> CallAsync<T>(Func<IContainerEngine, CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        T? answer = default;
        await dispatch(async () => answer = await call(engine, cancellationToken));
        return answer!;
    }

    private void Note(bool isFailure)
    {
        lock (_gate)
        {
            (_failures, _failedAt) = (isFailure ? _failures + 1 : 0, time.GetTimestamp());
        }
    }
}

/// <summary>What an engine said, if it did.</summary>
/// <param name="IsThere">Whether it answered.</param>
/// <param name="Value">The answer.</param>
internal readonly record struct EngineAnswer<T>(bool IsThere, T? Value);
