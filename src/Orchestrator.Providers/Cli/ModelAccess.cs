using Orchestrator.Providers.Proxy;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Cli;

/// <summary>How the agent of one execution reaches its model: by a proxy of ours with a key of its own, or directly with the real one. Gone when the execution is.</summary>
internal sealed class ModelAccess(string? baseUrl, SecretValue key, CredentialProxy? proxy, Func<TokenUsage, decimal?> costOf) : IAsyncDisposable
{
    /// <summary>The address that the agent gets; <see langword="null"/> for a CLI that takes none.</summary>
    public string? BaseUrl => proxy?.BaseUrl ?? baseUrl;

    /// <summary>The key that the agent gets.</summary>
    public SecretValue Key => proxy?.Key ?? key;

    /// <summary>Whether a proxy stands between.</summary>
    public bool IsProxied => proxy is not null;

    public ValueTask DisposeAsync() => proxy?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Adds what the proxy has seen: all tokens, also those of an execution that was stopped, and whether it was itself who refused because the money was spent.</summary>
    public AgentEvent Complete(AgentEvent happened)
    {
        if (happened is AgentFailed { Failure: var failure } failed)
        {
            return failed with { Failure = Complete(failure) };
        }

        return happened is AgentCompleted { Result: var result } completed && proxy?.Usage is { } seen
            ? completed with { Result = result with { Usage = IsKnown(result.Usage) ? result.Usage : seen.Tokens, CostUsd = result.CostUsd ?? costOf(seen.Tokens) } }
            : happened;
    }

    private AgentFailure Complete(AgentFailure failure)
    {
        // A CLI tells its tokens at its end; of one that did not come to it, what it told before is too little.
        // What broke off before its tokens were told counts as guessed: it was paid for.
        var seen = proxy?.Usage;
        var all = seen?.Tokens.Plus(seen.EstimatedTokens);
        var isSeen = all is not null && all.InputTokens + all.OutputTokens > failure.Usage.InputTokens + failure.Usage.OutputTokens;
        var usage = isSeen ? all! : failure.Usage;
        var isSpent = seen is { IsBudgetSpent: true };
        return failure with
        {
            Class = isSpent ? FailureClass.Budget : failure.Class,
            Message = isSpent ? "The execution's money is spent, so its requests were refused. " + failure.Message : failure.Message,
            Usage = usage,
            CostUsd = isSeen ? costOf(usage) ?? failure.CostUsd : failure.CostUsd ?? (IsKnown(usage) ? costOf(usage) : null),
        };
    }

    private static bool IsKnown(TokenUsage usage) => usage != new TokenUsage();
}
