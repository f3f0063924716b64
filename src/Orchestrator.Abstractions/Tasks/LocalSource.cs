using System.Text.Json.Serialization;

namespace Orchestrator.Tasks;

/// <summary>A git repository in a directory of the machine that runs the orchestrator.</summary>
public sealed record LocalSource : SourceContext
{
    /// <summary>The repository's directory, absolute or relative to the process that enqueues the task (the host makes it absolute).</summary>
    /// <exception cref="ArgumentException">The value is empty or holds a NUL character.</exception>
    public required string Path { get; init => field = Require.Text(value); }

    /// <inheritdoc/>
    [JsonIgnore]
    public override SourceKind Kind => SourceKind.Local;
}
