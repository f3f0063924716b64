using System.Globalization;
using Orchestrator.Providers;

namespace Orchestrator.Routing.Attempts;

/// <summary>How far the attempts at one task have come.</summary>
internal sealed class AttemptRun(AttemptRequest request, AttemptConfig config)
{
    private readonly List<string> _tried = [.. request.Constraints?.AlreadyTried ?? []];
    private readonly List<string> _waiting = [];
    private readonly Dictionary<string, decimal> _inFlight = [];
    private long? _moreContextThan = request.Constraints?.MoreContextThan;

    public AttemptRequest Request { get; } = request;

    public AttemptConfig Config { get; } = config;

    /// <summary>The attempts that ended, in this order.</summary>
    public List<AttemptTrace> Traces { get; } = [];

    /// <summary>Whom the admission did not let in.</summary>
    public AttemptRefusals Refusals { get; } = new();

    /// <summary>How often the provider of the last attempt was tried again.</summary>
    public int RetriesOfSame { get; set; }

    public int Number { get; private set; } = request.AttemptsBefore;

    /// <summary>How long was waited for providers that asked for it.</summary>
    public TimeSpan Waited { get; set; }

    public RoutingDecision LastDecision { get; set; } = new();

    public int MaxAttempts => Request.MaxAttempts ?? Config.MaxAttempts;

    public bool MayTryAgain => Number < MaxAttempts;

    /// <summary>What is left for the next attempt, when those that run cost what is expected of them; <see langword="null"/> without a limit.</summary>
    public decimal? RemainingUsd => Limit is { } limit ? Math.Max(0, limit - Traces.Sum(trace => trace.CostUsd) - _inFlight.Values.Sum()) : null;

    // A task that may cost nothing is none that has used up its money.
    public bool IsBudgetSpent => RemainingUsd <= 0 && SpentUsd > 0;

    private decimal SpentUsd => Request.SpentUsd + Traces.Sum(trace => trace.CostUsd);

    // What the task may cost holds for all its attempts, those before this call included; what the caller says remains is counted from now.
    private decimal? Limit => (Request.Task.MaxCostUsd - Request.SpentUsd, Request.Constraints?.RemainingUsd) switch
    {
        ({ } ofTask, { } ofCaller) => Math.Min(ofTask, ofCaller),
        var (ofTask, ofCaller) => ofTask ?? ofCaller,
    };

    public static bool Same(string name, string? other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);

    /// <summary>What the router must respect now.</summary>
    /// <param name="except">Counts as untried.</param>
    /// <param name="isAnew">Whether all that this call tried count as untried.</param>
    public RoutingConstraints Constraints(string? except = null, bool isAnew = false) => (Request.Constraints ?? new RoutingConstraints()) with
    {
        AlreadyTried = isAnew ? Request.Constraints?.AlreadyTried ?? [] : [.. _tried.Where(name => !Same(name, except))],
        Excluded = [.. Request.Constraints?.Excluded ?? [], .. Refusals.Excluded],
        MoreContextThan = _moreContextThan,
        RemainingUsd = RemainingUsd,
    };

    public bool IsUntried(string provider) => !_tried.Exists(name => Same(name, provider));

    public void Starts(AttemptContext context, decimal expectedUsd)
    {
        Number = context.Number;
        _inFlight[context.Id] = expectedUsd;
        if (IsUntried(context.Provider.Name))
        {
            _tried.Add(context.Provider.Name);
        }
    }

    /// <summary>Writes down how an attempt ended; false when it was written down before.</summary>
    public bool Ends(AttemptTrace trace)
    {
        if (!_inFlight.Remove(trace.Id))
        {
            return false;
        }

        Traces.Add(trace);
        return true;
    }

    public void Waits(string provider) => _waiting.Add(provider);

    public void NeedsMoreContextThan(long tokens) => _moreContextThan = Math.Max(_moreContextThan ?? 0, tokens);

    /// <summary>Lets those be asked again that only wanted us to wait; false when there are none.</summary>
    public bool TakeBackWaiting()
    {
        var any = _tried.RemoveAll(name => _waiting.Exists(waiting => Same(waiting, name))) > 0;
        _waiting.Clear();
        return any;
    }

    /// <summary>The failure when nothing is left of what the task may cost.</summary>
    /// <param name="last">What the last attempt failed of; <see langword="null"/> when this call made none.</param>
    public AgentFailure BudgetSpent(AgentFailure? last) => new()
    {
        Class = FailureClass.Budget,
        Message = string.Create(CultureInfo.InvariantCulture, $"Nothing is left of what the task may cost: {SpentUsd} USD are spent, and {Limit + Request.SpentUsd} USD is the limit.")
            + (last is null ? "" : $" The last attempt failed: {last}"),
    };

    public AttemptOutcome<TResult> End<TResult>(in RoutingDecision decision, AgentFailure failure) =>
        new() { Failure = failure, Decision = decision, Attempts = [.. Traces], Rejection = decision.Rejection };

    /// <summary>The end before anybody was asked, although somebody could have been.</summary>
    public AttemptOutcome<TResult> EndUnasked<TResult>(AgentFailure failure, DateTimeOffset now)
    {
        var decision = new RoutingDecision { Id = Guid.CreateVersion7(now), Reason = RoutingReason.NoCandidate, Rejection = new RoutingRejection { Message = failure.Message } };
        return End<TResult>(decision, failure) with { Rejection = null };
    }

    /// <summary>Nobody is left: the failure of the last attempt tells more than that.</summary>
    public AttemptOutcome<TResult> EndRejected<TResult>(in RoutingDecision decision) => End<TResult>(
        decision,
        Traces.Count > 0 && Traces[^1].Failure is { } last ? last : new AgentFailure { Class = ClassOf(decision.Rejection!), Message = decision.Rejection!.Message });

    private static FailureClass ClassOf(RoutingRejection rejection) =>
        rejection.Candidates.Count > 0 && rejection.Candidates.All(candidate => candidate.Rejection is RejectionReason.Budget or RejectionReason.PriceCeiling)
            ? FailureClass.Budget
            : FailureClass.Unavailable;
}
