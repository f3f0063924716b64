using System.Text.Json.Serialization;
using Orchestrator.Json;
using Orchestrator.Tasks;

namespace Orchestrator.Providers;

/// <summary>What a provider is and can do; what the router decides by.</summary>
public sealed record ProviderDescriptor
{
    private static readonly ValueList<AgentTaskType> AllTaskTypes =
        [AgentTaskType.Generate, AgentTaskType.Fix, AgentTaskType.Refactor, AgentTaskType.Optimize];

    /// <summary>The name in configuration, decisions, logs and tables. Unique within a host, compared without regard to case.</summary>
    /// <exception cref="ArgumentException">The value is not a valid name.</exception>
    public required string Name { get; init => field = Require.Name(value); }

    /// <summary>How it works.</summary>
    public required ProviderKind Kind { get; init; }

    /// <summary>A line for people.</summary>
    /// <value>Empty by default.</value>
    public string Description { get; init => field = value ?? ""; } = "";

    /// <summary>The types of task it takes.</summary>
    /// <value>All four types by default.</value>
    [JsonConverter(typeof(ValueListJsonConverter<AgentTaskType>))]
    public ValueList<AgentTaskType> TaskTypes { get; init => field = value ?? AllTaskTypes; } = AllTaskTypes;

    /// <summary>The kinds of source it can serve.</summary>
    /// <value><see cref="SourceKind.Local"/> by default.</value>
    [JsonConverter(typeof(ValueListJsonConverter<SourceKind>))]
    public ValueList<SourceKind> Sources { get; init => field = value ?? [SourceKind.Local]; } = [SourceKind.Local];

    /// <summary>What it can do, see <see cref="ProviderCapabilities"/>.</summary>
    /// <value>None by default.</value>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> Capabilities { get; init => field = value ?? []; } = [];

    /// <summary>The models it can run, the default one first.</summary>
    /// <value>None by default: the provider has no choice of models, or its own default is used.</value>
    [JsonConverter(typeof(ValueListJsonConverter<ModelDescriptor>))]
    public ValueList<ModelDescriptor> Models { get; init => field = value ?? []; } = [];

    /// <summary>A flat price a task in US dollars, beside the prices of tokens.</summary>
    /// <value>0 by default.</value>
    public decimal PricePerTaskUsd { get; init => field = Require.AtLeast(value, 0m); }

    /// <summary>How much it may be used.</summary>
    /// <value>No limits by default.</value>
    public ProviderLimits Limits { get; init => field = value ?? new(); } = new();

    /// <summary>Names of the secrets that it needs. Names only: values come from an <c>ISecretProvider</c> at run time.</summary>
    /// <value>None by default.</value>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> SecretNames { get; init => field = value ?? []; } = [];

    /// <summary>
    /// Whether the provider confines the writes of what it runs on this machine to the workspace, wherever the host can: then what changes elsewhere meanwhile was
    /// changed by somebody else.
    /// </summary>
    /// <value><see langword="false"/></value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ConfinesWrites { get; init; }

    /// <summary>Where else what it runs on this machine may write although its writes are confined, as absolute paths: what changes there meanwhile may have been changed by it.</summary>
    /// <value>None by default.</value>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> WritablePaths { get; init => field = value ?? []; } = [];

    /// <summary>The regions in which it processes data, such as <c>eu</c> and <c>us</c>.</summary>
    /// <value>None by default: not known, so it serves no task that demands a region.</value>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> DataResidency { get; init => field = value ?? []; } = [];

    /// <summary>Groups that rules can speak of: <c>cheap</c>, <c>eu</c>, <c>experimental</c>.</summary>
    /// <value>None by default.</value>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> Tags { get; init => field = value ?? []; } = [];
}
