using Orchestrator.Providers;

namespace Orchestrator.Routing.Attempts;

/// <summary>How far the attempts at one task have come.</summary>
internal sealed class AttemptRun(AttemptRequest request, AttemptConfig config)
{
    private readonly List<string> _tried = [.. request.Constraints?.AlreadyTried ?? []];
    private readonly List<string> _waiting = [];
    private readonly List<string> _refused = [];
    private long? _moreContextThan = request.Constraints?.MoreContextThan;

    public AttemptRequest Request { get; } = request;

    public AttemptConfig Config { get; } = config;

    public List<AttemptTrace> Traces { get; } = [];

    /// <summary>How often the provider of the last attempt was tried again.</summary>
    public int RetriesOfSame { get; set; }

    public int Number { get; set; } = request.AttemptsBefore;

    /// <summary>How long was waited for providers that asked for it.</summary>
    public TimeSpan Waited { get; set; }

    public RoutingDecision LastDecision { get; set; }

    public bool MayTryAgain => Number < (Request.MaxAttempts ?? Config.MaxAttempts);

    public decimal? RemainingUsd => Request.Task.MaxCostUsd is { } most
        ? Math.Max(0, Math.Min(most, Request.Constraints?.RemainingUsd ?? most) - Request.SpentUsd - Traces.Sum(trace => trace.CostUsd))
        : Request.Constraints?.RemainingUsd;

    public bool IsBudgetSpent => Traces.Count > 0 && RemainingUsd <= 0;

    public RoutingConstraints Constraints(string? except = null) => (Request.Constraints ?? new RoutingConstraints()) with
    {
        AlreadyTried = [.. _tried.Where(name => !Same(name, except))],
        Excluded = [.. (Request.Constraints?.Excluded ?? []).Concat(_refused)],
        MoreContextThan = _moreContextThan,
        RemainingUsd = RemainingUsd,
    };

    public bool IsUntried(string provider) => !_tried.Exists(name => Same(name, provider));

    public void TriedOnce(string provider)
    {
        if (IsUntried(provider))
        {
            _tried.Add(provider);
        }
    }

    /// <summary>Admission said no twice: the router sees something else than the admission does, so it is told to look elsewhere.</summary>
    public void Refused(string provider) => _refused.Add(provider);

    public void Waits(string provider) => _waiting.Add(provider);

    public void NeedsMoreContextThan(long tokens) => _moreContextThan = Math.Max(_moreContextThan ?? 0, tokens);

    /// <summary>Lets those be asked again that only wanted us to wait; false when there are none.</summary>
    public bool TakeBackWaiting()
    {
        var any = _tried.RemoveAll(name => _waiting.Exists(waiting => Same(waiting, name))) > 0;
        _waiting.Clear();
        return any;
    }

    public AttemptOutcome<TResult> End<TResult>(in RoutingDecision decision, AgentFailure failure) =>
        new() { Failure = failure, Decision = decision, Attempts = [.. Traces], Rejection = decision.Rejection };

    /// <summary>Nobody is left: the failure of the last attempt tells more than that.</summary>
    public AttemptOutcome<TResult> EndRejected<TResult>(in RoutingDecision decision) => End<TResult>(
        decision,
        Traces.Count > 0 && Traces[^1].Failure is { } last ? last : new AgentFailure { Class = ClassOf(decision.Rejection!), Message = decision.Rejection!.Message });

    private static FailureClass ClassOf(RoutingRejection rejection) =>
        rejection.Candidates.Count > 0 && rejection.Candidates.All(candidate => candidate.Rejection is RejectionReason.Budget or RejectionReason.PriceCeiling)
            ? FailureClass.Budget
            : FailureClass.Unavailable;

    private static bool Same(string name, string? other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
}
