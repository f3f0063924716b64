using System.Text.Json.Serialization;
using Orchestrator.Secrets;

namespace Orchestrator.Containers;

/// <summary>A command to run in an instance.</summary>
public sealed record ContainerCommand
{
    /// <summary>The program and arguments.</summary>
    public required CommandLine Command { get; init => field = Require.NotNull(value); }

    /// <summary>The directory to run in; <see langword="null"/> for the image's own.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Environment variables that are no secrets.</summary>
    public ValueMap Environment { get; init => field = value ?? ValueMap.Empty; } = ValueMap.Empty;

    /// <summary>Secrets for the environment of this command alone. Never serialised.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, SecretValue> Secrets { get; init => field = Require.NotNull(value); } = new Dictionary<string, SecretValue>();

    /// <summary>What the command reads on its standard input, which is then closed; <see langword="null"/> for nothing.</summary>
    public string? Input { get; init; }
}
