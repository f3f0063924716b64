namespace Orchestrator.Benchmarks.Peers;

/// <summary>A queue that takes part. The same as what a module in node/ gives, see node/contestant.mjs.</summary>
internal interface IContestant : IAsyncDisposable
{
    /// <summary>One task; durable when it returned.</summary>
    ValueTask EnqueueAsync(string payload);

    /// <summary>Many, in the contestant's best way.</summary>
    ValueTask EnqueueManyAsync(IReadOnlyList<string> payloads);

    /// <summary>Runs 16 at once until what it returns is disposed.</summary>
    ValueTask<IAsyncDisposable> WorkAsync(Action<string> handler);

    /// <summary>Whether no unfinished task is left in the store.</summary>
    ValueTask<bool> IsEmptyAsync();
}
