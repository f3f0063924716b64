using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Tasks;

/// <summary>What a caller wants done by a provider: the one input of the whole family.</summary>
/// <remarks>Immutable and therefore thread-safe; every value is checked when it is set.</remarks>
public sealed record AgentTask
{
    /// <summary>The lowest and highest <see cref="Priority"/>.</summary>
    public const int MaxPriority = 100;

    /// <summary>The longest <see cref="Instructions"/>, in characters: 1 Mi.</summary>
    public const int MaxInstructionsLength = 1024 * 1024;

    /// <summary>The task's identity; enqueuing the same id twice is one task.</summary>
    /// <exception cref="ArgumentException">The value is not a valid identifier, see <see cref="Identifiers.IsName"/>.</exception>
    public required string Id { get; init => field = Require.Name(value); }

    /// <summary>What kind of work it is.</summary>
    public required AgentTaskType Type { get; init; }

    /// <summary>What to do, in words for the agent. <c>{workspace}</c> stands for the directory the agent works in.</summary>
    /// <exception cref="ArgumentException">The value is empty, too long or holds a NUL character.</exception>
    public required string Instructions { get; init => field = Require.Text(value, MaxInstructionsLength); }

    /// <summary>Where the code is.</summary>
    public required SourceContext Source { get; init => field = Require.NotNull(value); }

    /// <summary>Higher runs first, from -100 to 100.</summary>
    /// <value>0 by default.</value>
    public int Priority { get; init => field = Require.InRange(value, -MaxPriority, MaxPriority); }

    /// <summary>How to trade price against quality and speed.</summary>
    /// <value><see cref="CostProfile.Balanced"/> by default.</value>
    public CostProfile CostProfile { get; init; }

    /// <summary>The model to prefer among those of the chosen provider; a wish, not a demand.</summary>
    public string? PreferredModel { get; init => field = Require.OptionalText(value, 200); }

    /// <summary>Tags of providers to prefer, such as <c>fast</c>; a wish, not a demand.</summary>
    /// <value>None by default.</value>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> PreferredTags { get; init => field = value ?? []; } = [];

    /// <summary>How hard it is, in the caller's opinion; the router learns for each complexity apart.</summary>
    /// <value><see cref="TaskComplexity.Unknown"/> by default: estimated from the length of the instructions.</value>
    public TaskComplexity Complexity { get; init; }

    /// <summary>Tasks of one session stay with one provider as long as it can work. Compared with regard to case.</summary>
    /// <value><see langword="null"/> by default: the repository and branch of a GitHub source are the session; a task of another source has none.</value>
    public string? SessionKey { get; init => field = Require.OptionalText(value, 200); }

    /// <summary>Regions in which its data may be processed, such as <c>eu</c>; a provider that declares another region, or none, is not asked.</summary>
    /// <value>None by default: anywhere.</value>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> DataResidency { get; init => field = value ?? []; } = [];

    /// <summary>Whether several providers may work on it at the same time. Every attempt is paid for.</summary>
    /// <value><see cref="TaskRacing.None"/> by default.</value>
    public TaskRacing Racing { get; init; }

    /// <summary>The only provider that may do it: an override of the router.</summary>
    /// <exception cref="ArgumentException">The value is not a valid name.</exception>
    public string? Provider { get; init => field = Require.OptionalName(value); }

    /// <summary>The pool of containers that its programs must run in. A host whose agents run elsewhere refuses the task. Compared without regard to case.</summary>
    /// <value><see langword="null"/> by default: wherever the host runs its agents.</value>
    /// <exception cref="ArgumentException">The value is not a valid name.</exception>
    public string? ContainerPool { get; init => field = Require.OptionalName(value); }

    /// <summary>Capabilities that the provider must have, see <c>ProviderCapabilities</c>.</summary>
    /// <value>None by default.</value>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> Requires { get; init => field = value ?? []; } = [];

    /// <summary>The most that all attempts together may cost, in US dollars; <see langword="null"/> for no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public decimal? MaxCostUsd { get; init => field = Require.OptionalAtLeast(value, 0m); }

    /// <summary>When the result is of no use any more; <see langword="null"/> for never.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The command that decides whether the result is right: exit code 0 within its time limit.</summary>
    /// <value><see langword="null"/>: nothing is verified, and the result says so.</value>
    public CommandLine? VerifyCommand { get; init; }

    /// <summary>What becomes of the result.</summary>
    /// <value><see cref="TaskOutput.Apply"/> by default.</value>
    public TaskOutput Output { get; init; }

    /// <summary>Whether uncommitted changes in a local source are accepted. They are kept as they are; a patch that touches them is refused.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool AllowDirty { get; init; }

    /// <summary>The task that this one repairs, when it was made because that one failed.</summary>
    public string? RemediatesTaskId { get; init => field = Require.OptionalName(value); }

    /// <summary>The caller's own words about the task: tenant, order, area. Never secrets: labels are stored and logged.</summary>
    /// <value>None by default.</value>
    public ValueMap Labels { get; init => field = value ?? ValueMap.Empty; } = ValueMap.Empty;
}
