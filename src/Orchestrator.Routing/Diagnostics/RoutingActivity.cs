using System.Diagnostics;
using Orchestrator.Json;
using Orchestrator.Providers;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Diagnostics;

/// <summary>Activities for decisions and attempts. Nothing is made, and nothing costs more than one look, when nobody listens. Words of the task are never in them.</summary>
internal static class RoutingActivity
{
    private const string Decision = "route";
    private const string InvokeAgent = "invoke_agent";

    private static readonly ActivitySource Source = new(ProviderRoutingDiagnostics.ActivitySourceName);

    /// <summary>Starts the activity of a decision; null when nobody listens.</summary>
    public static Activity? StartDecision(AgentTask task)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        return Source.StartActivity(Decision)
            ?.SetTag(ProviderRoutingDiagnostics.TaskIdTag, task.Id)
            .SetTag(ProviderRoutingDiagnostics.TaskTypeTag, task.Type.ToName());
    }

    /// <summary>Ends the activity of a decision.</summary>
    public static void End(Activity? activity, in RoutingDecision decision)
    {
        if (activity is null)
        {
            return;
        }

        activity.SetTag(ProviderRoutingDiagnostics.DecisionIdTag, decision.Id.ToString())
            .SetTag(ProviderRoutingDiagnostics.DecisionReasonTag, decision.Reason.ToName())
            .SetTag(ProviderRoutingDiagnostics.BecauseTag, decision.Because)
            .SetTag(ProviderRoutingDiagnostics.ComplexityTag, decision.Complexity.ToName())
            .SetTag(ProviderRoutingDiagnostics.GenAiProviderTag, decision.Provider)
            .SetTag(ProviderRoutingDiagnostics.RequestModelTag, decision.Model)
            .SetTag(ProviderRoutingDiagnostics.ScoreTag, decision.Score)
            .SetTag(ProviderRoutingDiagnostics.PropensityTag, decision.Propensity)
            .SetTag(ProviderRoutingDiagnostics.FallbacksTag, decision.Fallbacks.Count)
            .SetTag(ProviderRoutingDiagnostics.SnapshotVersionTag, decision.SnapshotVersion);
        if (decision.IsRejected)
        {
            activity.SetStatus(ActivityStatusCode.Error, RoutingReason.NoCandidate.ToName());
        }

        activity.Dispose();
    }

    /// <summary>Starts the activity of an attempt; null when nobody listens.</summary>
    public static Activity? StartAttempt(AgentTask task, in RoutingDecision decision, string provider, string? model, int number)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        return Source.StartActivity($"{InvokeAgent} {provider}", ActivityKind.Client)
            ?.SetTag(ProviderRoutingDiagnostics.OperationTag, InvokeAgent)
            .SetTag(ProviderRoutingDiagnostics.GenAiProviderTag, provider)
            .SetTag(ProviderRoutingDiagnostics.RequestModelTag, model)
            .SetTag(ProviderRoutingDiagnostics.TaskIdTag, task.Id)
            .SetTag(ProviderRoutingDiagnostics.DecisionIdTag, decision.Id.ToString())
            .SetTag(ProviderRoutingDiagnostics.AttemptTag, number);
    }

    /// <summary>Ends the activity of an attempt. What is not known is null and has no tag.</summary>
    public static void End(Activity? activity, FailureClass? failure, TokenUsage? usage, long? tokens, decimal? costUsd)
    {
        if (activity is null)
        {
            return;
        }

        activity.SetTag(ProviderRoutingDiagnostics.CostTag, (double?)costUsd);
        if (usage is null)
        {
            activity.SetTag(ProviderRoutingDiagnostics.TokensTag, tokens);
        }
        else
        {
            activity.SetTag(ProviderRoutingDiagnostics.InputTokensTag, usage.InputTokens).SetTag(ProviderRoutingDiagnostics.OutputTokensTag, usage.OutputTokens);
        }

        if (failure is { } error)
        {
            activity.SetTag(ProviderRoutingDiagnostics.ErrorTypeTag, error.ToName()).SetStatus(ActivityStatusCode.Error, error.ToName());
        }

        activity.Dispose();
    }
}
