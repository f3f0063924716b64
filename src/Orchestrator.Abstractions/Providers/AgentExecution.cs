using Orchestrator.Containers;
using Orchestrator.Tasks;

namespace Orchestrator.Providers;

/// <summary>One attempt of one provider at one task: everything a provider is given.</summary>
public sealed record AgentExecution
{
    /// <summary>The attempt's identity, in <c>ai_provider_executions</c> and in every log line.</summary>
    public required string Id { get; init => field = Require.Name(value); }

    /// <summary>The task.</summary>
    public required AgentTask Task { get; init => field = Require.NotNull(value); }

    /// <summary>1 for the first attempt at the task, counted over all providers.</summary>
    public int Attempt { get; init => field = Require.AtLeast(value, 1); } = 1;

    /// <summary>The lease's fencing token: larger than that of every earlier attempt. Use it to guard side effects outside the database.</summary>
    public long FencingToken { get; init => field = Require.AtLeast(value, 0); }

    /// <summary>Where the provider may write; <see langword="null"/> for a provider that works elsewhere.</summary>
    public AgentWorkspace? Workspace { get; init; }

    /// <summary>The container to run in; <see langword="null"/> to run on this machine.</summary>
    public ContainerLease? Container { get; init; }

    /// <summary>The model that the router chose; <see langword="null"/> for the provider's default.</summary>
    public string? Model { get; init => field = Require.OptionalText(value, 200); }

    /// <summary>The session of an earlier execution to continue; <see langword="null"/> to start a new one.</summary>
    public string? SessionId { get; init => field = Require.OptionalText(value, 500); }

    /// <summary>What may still be spent on the task, in US dollars; <see langword="null"/> for no limit.</summary>
    public decimal? BudgetUsd { get; init => field = Require.OptionalAtLeast(value, 0m); }

    /// <summary>More arguments for the provider's program, put after all others; a provider that runs none on this machine refuses them.</summary>
    /// <value>None by default.</value>
    public ValueList<string> Arguments { get; init => field = value ?? []; } = [];

    /// <summary>Names of secrets that the provider's program gets as environment variables beside its own key; a provider that runs none on this machine refuses them.</summary>
    /// <value>None by default.</value>
    public ValueList<string> SecretNames { get; init => field = value ?? []; } = [];

    /// <summary>Our clocks over the agent; <see langword="null"/> for those of the provider's configuration.</summary>
    public AgentTimeLimits? TimeLimits { get; init; }

    /// <summary>Answers plans and requests of the agent; <see langword="null"/> refuses them, as there is nobody to ask.</summary>
    public Func<AgentApprovalRequested, CancellationToken, ValueTask<ApprovalAnswer>>? Approve { get; init; }
}
