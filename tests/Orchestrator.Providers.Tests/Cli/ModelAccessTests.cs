using Orchestrator.Providers.Proxy;

namespace Orchestrator.Providers.Cli;

/// <summary>What an outcome gets from the proxy's count.</summary>
public sealed class ModelAccessTests
{
    private static readonly TokenUsage Some = new() { InputTokens = 10, OutputTokens = 2 };

    [Theory]
    [InlineData(FailureClass.RateLimited, 7)]
    [InlineData(FailureClass.ProviderError, 7)]
    [InlineData(FailureClass.Authentication, null)]
    [InlineData(FailureClass.Timeout, null)]
    public void The_wait_that_the_server_asked_for_is_told_where_it_matters(FailureClass failure, int? expected)
    {
        var seen = Seen(new TokenUsage()) with { RetryAfter = TimeSpan.FromSeconds(7) };

        Assert.Equal(expected, (int?)Complete(Failure(failure), seen).RetryAfter?.TotalSeconds);
    }

    [Fact]
    public void A_wait_that_the_agent_told_comes_before_that_of_the_server()
    {
        var seen = Seen(new TokenUsage()) with { RetryAfter = TimeSpan.FromSeconds(7) };

        Assert.Equal(TimeSpan.FromSeconds(3), Complete(Failure(FailureClass.RateLimited) with { RetryAfter = TimeSpan.FromSeconds(3) }, seen).RetryAfter);
    }

    [Fact]
    public void Spent_money_is_not_waited_for()
    {
        var seen = Seen(Some) with { RetryAfter = TimeSpan.FromSeconds(7), IsBudgetSpent = true };

        var failure = Complete(Failure(FailureClass.ProviderError), seen);

        Assert.Equal((FailureClass.Budget, null), (failure.Class, failure.RetryAfter));
    }

    [Fact]
    public void A_result_without_tokens_gets_those_of_the_proxy_and_their_cost()
    {
        var result = ModelAccess.Complete(new AgentResult { Summary = "done", CostUsd = 0 }, Seen(Some), CostOf);

        Assert.Equal((Some, 12m), (result.Usage, result.CostUsd));
    }

    [Fact]
    public void A_result_with_tokens_keeps_them_and_its_cost()
    {
        var told = new TokenUsage { InputTokens = 5 };

        var result = ModelAccess.Complete(new AgentResult { Summary = "done", Usage = told, CostUsd = 0.5m }, Seen(Some), CostOf);

        Assert.Equal((told, 0.5m), (result.Usage, result.CostUsd));
    }

    [Fact]
    public void Guesses_count_for_a_failure_that_told_less()
    {
        var failure = Complete(Failure(FailureClass.IdleTimeout), Seen(Some) with { EstimatedTokens = new TokenUsage { InputTokens = 100 } });

        Assert.Equal((110L, 112m), (failure.Usage.InputTokens, failure.CostUsd));
    }

    private static AgentFailure Failure(FailureClass failure) => new() { Class = failure, Message = "no" };

    private static AgentFailure Complete(AgentFailure failure, CredentialProxyUsage seen) => ModelAccess.Complete(failure, seen, CostOf);

    private static decimal? CostOf(TokenUsage usage) => usage.InputTokens + usage.OutputTokens;

    private static CredentialProxyUsage Seen(TokenUsage tokens) => new()
    {
        Requests = 1,
        Refused = 0,
        Tokens = tokens,
        EstimatedTokens = new TokenUsage(),
        CostUsd = null,
        IsBudgetSpent = false,
    };
}
