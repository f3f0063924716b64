using System.Text.Json.Serialization;
using Orchestrator.Json;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>
/// A message to the queue that orders one provider to work in one factory. It names things and holds none of them: the factory stands for a repository and what is
/// allowed there, secrets are names. Anybody who may write to the queue may send one; what it may do is the host's word, see <see cref="ProviderTaskFactory"/>.
/// </summary>
public sealed record ProviderTask
{
    /// <summary>The task's identity; sending the same id twice is one task.</summary>
    public required string TaskId { get; init; }

    /// <summary>The provider that is to do it, by the name that the host registered.</summary>
    public required string Provider { get; init; }

    /// <summary>The factory it works in, by the name in <see cref="ProviderTaskOptions.Factories"/>.</summary>
    public required string Factory { get; init; }

    /// <summary>What to do, in words for the agent. It reaches the agent on its standard input, never on a command line.</summary>
    public required string Instructions { get; init; }

    /// <summary>What kind of work it is.</summary>
    /// <value><see langword="null"/> by default: <see cref="AgentTaskType.Fix"/>.</value>
    public AgentTaskType? Type { get; init; }

    /// <summary>
    /// The provider's command line, one element each: the provider's name, then more arguments for its program, each of which the factory must allow. The program itself,
    /// and the arguments that make it run without a human, are the provider's own.
    /// </summary>
    /// <value>Empty by default: no more arguments.</value>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> CliCommand { get; init => field = value ?? []; } = [];

    /// <summary>The names of secrets that the provider's program gets as environment variables, beside its own key; the factory must allow each. Values are found when it starts, and only there.</summary>
    /// <value>None by default.</value>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> EnvVars { get; init => field = value ?? []; } = [];

    /// <summary>The model to prefer among those of the provider.</summary>
    public string? Model { get; init; }

    /// <summary>Higher runs first, from -100 to 100.</summary>
    /// <value>0 by default.</value>
    public int Priority { get; init; }
}
