namespace Orchestrator.Routing.Diagnostics;

/// <summary>The names under which the router can be observed.</summary>
public static class ProviderRoutingDiagnostics
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Orchestrator.Routing";

    /// <summary>Counts decisions, unit <c>{decision}</c>; tags <see cref="ProviderTag"/> (<c>none</c> for a rejection) and <see cref="ReasonTag"/>.</summary>
    public const string Decisions = "orchestrator.routing.decisions";

    /// <summary>Counts openings and closings of circuit breakers, unit <c>{change}</c>; tags <see cref="ProviderTag"/> and <see cref="StateTag"/>.</summary>
    public const string BreakerChanges = "orchestrator.routing.breaker.changes";

    /// <summary>The provider's name.</summary>
    public const string ProviderTag = "orchestrator.provider";

    /// <summary>What decided, in snake_case.</summary>
    public const string ReasonTag = "orchestrator.routing.reason";

    /// <summary><c>open</c> or <c>closed</c>.</summary>
    public const string StateTag = "orchestrator.routing.breaker.state";

    /// <summary>The source of activities: one for each decision, named <c>route</c>, and one for each attempt, named <c>invoke_agent</c> and the provider. Nothing is made when nobody listens.</summary>
    public const string ActivitySourceName = "Orchestrator.Routing";

    /// <summary>Counts what speaks against candidates when a task finds no provider, unit <c>{rejection}</c>; tags <see cref="ProviderTag"/> and <see cref="RejectionTag"/>.</summary>
    public const string Rejections = "orchestrator.routing.rejections";

    /// <summary>Counts reported outcomes, unit <c>{outcome}</c>; tags <see cref="ProviderTag"/>, <see cref="StageTag"/> and, for a failure, <see cref="ErrorTypeTag"/>.</summary>
    public const string Outcomes = "orchestrator.routing.outcomes";

    /// <summary>How long attempts took, a histogram, unit <c>s</c>; tags <see cref="ProviderTag"/> and, for a failure, <see cref="ErrorTypeTag"/>.</summary>
    public const string AttemptDuration = "orchestrator.routing.attempt.duration";

    /// <summary>Adds up what attempts cost, unit <c>{USD}</c>; tag <see cref="ProviderTag"/>.</summary>
    public const string Cost = "orchestrator.routing.cost";

    /// <summary>Adds up the tokens that attempts used, unit <c>{token}</c>; tag <see cref="ProviderTag"/>.</summary>
    public const string Tokens = "orchestrator.routing.tokens";

    /// <summary>Counts attempts that were chosen but not let in, unit <c>{refusal}</c>; tags <see cref="ProviderTag"/> and <see cref="RejectionTag"/>.</summary>
    public const string AdmissionRefusals = "orchestrator.routing.admission.refusals";

    /// <summary>Counts decisions in which chance chose a provider to learn about it, unit <c>{decision}</c>; tag <see cref="ProviderTag"/>. Divided by <see cref="Decisions"/>, the share of exploration.</summary>
    public const string Explorations = "orchestrator.routing.explorations";

    /// <summary>Counts decisions and outcomes that were written to the log of decisions, unit <c>{record}</c>.</summary>
    public const string RecordsWritten = "orchestrator.routing.records.written";

    /// <summary>Counts decisions and outcomes that were lost on the way to the log, unit <c>{record}</c>; tag <see cref="DropReasonTag"/>.</summary>
    public const string RecordsDropped = "orchestrator.routing.records.dropped";

    /// <summary>What speaks against a candidate, in snake_case.</summary>
    public const string RejectionTag = "orchestrator.routing.rejection";

    /// <summary><c>ended</c> or <c>verified</c>.</summary>
    public const string StageTag = "orchestrator.routing.stage";

    /// <summary>The class of a failure, in snake_case. The name is OpenTelemetry's.</summary>
    public const string ErrorTypeTag = "error.type";

    /// <summary><c>full</c> when there was no room, <c>failed</c> when the log failed.</summary>
    public const string DropReasonTag = "orchestrator.routing.records.reason";

    /// <summary>The decision's id; on activities only.</summary>
    public const string DecisionIdTag = "routing.decision.id";

    /// <summary>The task's id; on activities only.</summary>
    public const string TaskIdTag = "routing.task.id";

    /// <summary>The task's type, in snake_case; on activities only.</summary>
    public const string TaskTypeTag = "routing.task.type";

    /// <summary>The complexity that the task was taken for, in snake_case; on activities only.</summary>
    public const string ComplexityTag = "routing.task.complexity";

    /// <summary>What decided, in snake_case; on activities only.</summary>
    public const string DecisionReasonTag = "routing.reason";

    /// <summary>The name behind the reason: the rule, the experiment and arm, the policy; on activities only.</summary>
    public const string BecauseTag = "routing.because";

    /// <summary>The expected cost in US dollars by which the candidates were compared; on activities only.</summary>
    public const string ScoreTag = "routing.score";

    /// <summary>The probability with which the provider was chosen; on activities only.</summary>
    public const string PropensityTag = "routing.propensity";

    /// <summary>How many fallbacks the decision names; on activities only.</summary>
    public const string FallbacksTag = "routing.fallbacks";

    /// <summary>The version of the settings; on activities only.</summary>
    public const string SnapshotVersionTag = "routing.snapshot.version";

    /// <summary>The number of the attempt, 1 for the first; on activities only.</summary>
    public const string AttemptTag = "routing.attempt";

    /// <summary>What an attempt cost in US dollars; on activities only.</summary>
    public const string CostTag = "routing.cost_usd";

    /// <summary>All tokens that an attempt used, where they are not known by class; on activities only.</summary>
    public const string TokensTag = "routing.tokens";

    /// <summary>What is done, <c>invoke_agent</c>; on activities of attempts. The name is OpenTelemetry's.</summary>
    public const string OperationTag = "gen_ai.operation.name";

    /// <summary>The provider; on activities only. The name is OpenTelemetry's, the value is the provider's name in the settings.</summary>
    public const string GenAiProviderTag = "gen_ai.provider.name";

    /// <summary>The model that was asked for; on activities only. The name is OpenTelemetry's.</summary>
    public const string RequestModelTag = "gen_ai.request.model";

    /// <summary>Input tokens that an attempt used; on activities only. The name is OpenTelemetry's.</summary>
    public const string InputTokensTag = "gen_ai.usage.input_tokens";

    /// <summary>Output tokens that an attempt used; on activities only. The name is OpenTelemetry's.</summary>
    public const string OutputTokensTag = "gen_ai.usage.output_tokens";
}
