using Orchestrator.Providers.Proxy;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Cli;

/// <summary>How the agent of one execution reaches its model: by a proxy of ours with a key of its own, or directly with the real one. Gone when the execution is.</summary>
internal sealed class ModelAccess(string? baseUrl, SecretValue key, CredentialProxy? proxy, Func<TokenUsage, decimal?> costOf) : IAsyncDisposable
{
    private Int128 _told; // The tokens of the usage that was told last.

    /// <summary>The address that the agent gets; <see langword="null"/> for a CLI that takes none.</summary>
    public string? BaseUrl => proxy?.BaseUrl ?? baseUrl;

    /// <summary>The key that the agent gets.</summary>
    public SecretValue Key => proxy?.Key ?? key;

    /// <summary>Whether a proxy stands between.</summary>
    public bool IsProxied => proxy is not null;

    /// <summary>Closes the proxy, after which its count is whole. May be called again.</summary>
    public ValueTask DisposeAsync() => proxy?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>
    /// Closes the proxy at the outcome and adds what it has seen: all tokens, also those of an execution that was stopped, how long the server asked to wait, and
    /// whether it was itself who refused because the money was spent. Other events stay as they are.
    /// </summary>
    public async ValueTask<AgentEvent> CompleteAsync(AgentEvent happened)
    {
        if (happened is not (AgentFailed or AgentCompleted))
        {
            return happened;
        }

        await DisposeAsync().ConfigureAwait(false);
        return happened switch
        {
            AgentFailed failed => failed with { Failure = Complete(failed.Failure, proxy?.Usage, costOf) },
            AgentCompleted completed when proxy?.Usage is { } seen => completed with { Result = Complete(completed.Result, seen, costOf) },
            _ => happened,
        };
    }

    /// <summary>
    /// What the proxy has counted by now, guesses included, after something that the agent did; <see langword="null"/> when that is no more than what was told last. Most
    /// agents tell their tokens with their last line only, and one that is stopped before it would have cost nothing.
    /// </summary>
    public AgentUsageReported? Measure(AgentEvent happened)
    {
        switch (happened)
        {
            case AgentUsageReported reported:
                _told = Sum(reported.Usage);
                return null;
            case AgentToolCall or AgentMessage when proxy?.Usage is { } seen:
                var all = seen.Tokens.Plus(seen.EstimatedTokens);
                return Tell(all, costOf(all));
            default:
                return null;
        }
    }

    /// <summary>Closes the proxy of an execution that broke off, and gives what it used; <see langword="null"/> when all of it was told.</summary>
    /// <param name="usage">What its agent told.</param>
    /// <param name="costUsd">What its agent says that it cost.</param>
    public async ValueTask<AgentUsageReported?> BreakOffAsync(TokenUsage usage, decimal? costUsd)
    {
        await DisposeAsync().ConfigureAwait(false);
        var stopped = Complete(new AgentFailure { Class = FailureClass.Cancelled, Message = "It was cancelled.", Usage = usage, CostUsd = costUsd }, proxy?.Usage, costOf);
        return Tell(stopped.Usage, stopped.CostUsd);
    }

    /// <summary>A result whose agent told no tokens gets those of the proxy, and their cost where that is more.</summary>
    internal static AgentResult Complete(AgentResult result, CredentialProxyUsage seen, Func<TokenUsage, decimal?> costOf) => IsKnown(result.Usage)
        ? result with { CostUsd = result.CostUsd ?? costOf(result.Usage) }
        : result with { Usage = seen.Tokens, CostUsd = Larger(result.CostUsd, costOf(seen.Tokens)) };

    /// <summary>A failure with what the proxy has seen, if there was one.</summary>
    internal static AgentFailure Complete(AgentFailure failure, CredentialProxyUsage? seen, Func<TokenUsage, decimal?> costOf)
    {
        // A CLI tells its tokens at its end; of one that did not come to it, what it told before is too little.
        // What broke off before its tokens were told counts as guessed: it was paid for.
        var all = seen?.Tokens.Plus(seen.EstimatedTokens);
        var isSeen = all is not null && Sum(all) > Sum(failure.Usage);
        var usage = isSeen ? all! : failure.Usage;
        var isSpent = seen is { IsBudgetSpent: true };
        return failure with
        {
            Class = isSpent ? FailureClass.Budget : failure.Class,
            Message = isSpent ? "The execution's money is spent, so its requests were refused. " + failure.Message : failure.Message,
            RetryAfter = isSpent ? null : failure.RetryAfter ?? (failure.Class is FailureClass.RateLimited or FailureClass.ProviderError ? seen?.RetryAfter : null),
            Usage = usage,
            CostUsd = isSeen ? costOf(usage) ?? failure.CostUsd : failure.CostUsd ?? (IsKnown(usage) ? costOf(usage) : null),
        };
    }

    private AgentUsageReported? Tell(TokenUsage usage, decimal? costUsd)
    {
        if (Sum(usage) <= _told)
        {
            return null;
        }

        _told = Sum(usage);
        return new AgentUsageReported { Usage = usage, CostUsd = costUsd };
    }

    private static Int128 Sum(TokenUsage usage) => (Int128)usage.InputTokens + usage.OutputTokens;

    private static decimal? Larger(decimal? told, decimal? seen) => told is { } one && seen is { } other ? Math.Max(one, other) : told ?? seen;

    private static bool IsKnown(TokenUsage usage) => usage != new TokenUsage();
}
