using System.Globalization;
using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.Limits;
using Orchestrator.Routing.State;

namespace Orchestrator.Routing.Admission;

/// <summary>What people read when an attempt was not admitted.</summary>
internal static class AdmissionRejections
{
    public static RejectionDetail Draining { get; } = new() { Reason = RejectionReason.Draining, Text = "takes no new work" };

    public static RejectionDetail Of(ReachedLimit reached, in ProviderState state, in LimitConfig limits, long now) => reached switch
    {
        ReachedLimit.RequestsPerDay => Until(
            RejectionReason.QuotaExhausted, DayLimit.Next(now), Number(limits.RequestsPerDay), $"{Number(limits.RequestsPerDay)} requests a day"),
        ReachedLimit.RequestsPerMinute => Until(
            RejectionReason.RateLimited, Volatile.Read(in state.RequestsFrom), null, $"{Number(limits.RequestsPerMinute)} requests a minute"),
        ReachedLimit.TokensPerMinute => Until(
            RejectionReason.RateLimited, Volatile.Read(in state.TokensFrom), null, $"{Number(limits.TokensPerMinute)} tokens a minute"),
        _ => new RejectionDetail
        {
            Reason = RejectionReason.Saturated,
            Value = Number(Volatile.Read(in state.InFlight)),
            Limit = Number(limits.Concurrent),
            Text = $"runs {Number(Volatile.Read(in state.InFlight))} of {Number(limits.Concurrent)} executions",
        },
    };

    /// <summary>A budget has not enough left.</summary>
    public static RejectionDetail Exhausted(BudgetConfig config, string owner, in BudgetReading left, long nano, long tokens)
    {
        var isMoney = config.CapsMoney && (left.NanoUsd <= 0 || nano > left.NanoUsd);
        var (needed, has, cap) = isMoney
            ? (BudgetMoney.Format(nano), BudgetMoney.Format(left.NanoUsd), BudgetMoney.Format(config.MaxNanoUsd))
            : ($"{Number(tokens)} tokens", $"{Number(left.Tokens)} tokens", $"{Number(config.MaxTokens)} tokens");

        // What is above the whole cap fits no later window either.
        var until = nano > config.MaxNanoUsd || tokens > config.MaxTokens ? 0 : left.Until;
        return Until(RejectionReason.Budget, until, needed, has, $"needs {needed}; budget '{config.Name}'{Of(config, owner)} has {has} left of {cap}");
    }

    /// <summary>So many owners have spent in the window that one more cannot be kept.</summary>
    public static RejectionDetail TooManyOwners(BudgetConfig config) => new()
    {
        Reason = RejectionReason.Budget,
        Text = $"budget '{config.Name}' keeps as many {(config.Scope == BudgetScope.Tenant ? "tenants" : "tasks")} as it can, and all have spent in this window",
    };

    /// <summary>The store knows of more spending than this process does.</summary>
    public static RejectionDetail ExhaustedInStore(BudgetKey? key) => new()
    {
        Reason = RejectionReason.Budget,
        Until = key?.WindowEnd,
        Text = key is { } window
            ? $"budget '{window.Budget}' of '{window.Owner}' has not enough left, counted over all processes{Suffix(window.WindowEnd)}"
            : "a budget has not enough left, counted over all processes",
    };

    public static RejectionDetail Unreachable(Exception error) => new()
    {
        Reason = RejectionReason.Budget,
        Text = $"the state store cannot be reached: {(error is OrchestratorException known ? known.Message : error.GetType().Name)}; a budget that cannot be checked counts as used up",
    };

    private static RejectionDetail Until(RejectionReason reason, long until, string? value, string limit, string? text = null)
    {
        DateTimeOffset? end = until == 0 ? null : new DateTimeOffset(until, TimeSpan.Zero);
        return new RejectionDetail { Reason = reason, Value = value, Limit = limit, Until = end, Text = (text ?? $"our own limit of {limit} is reached") + Suffix(end) };
    }

    private static string Suffix(DateTimeOffset? until) => until is { } end ? string.Create(CultureInfo.InvariantCulture, $"; until {end:u}") : "";

    private static string Of(BudgetConfig config, string owner) => config.Scope switch
    {
        BudgetScope.All => "",
        BudgetScope.Provider => $" of provider '{owner}'",
        BudgetScope.Tenant => $" of tenant '{owner}'",
        _ => $" of task '{owner}'",
    };

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
