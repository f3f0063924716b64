namespace Orchestrator.Hosting;

/// <summary>Settings of the queue of provider tasks.</summary>
public sealed class ProviderTaskOptions
{
    /// <summary>The factories by their names.</summary>
    /// <value>Empty by default: every message is refused.</value>
    public IDictionary<string, ProviderTaskFactory> Factories { get; set; } = new Dictionary<string, ProviderTaskFactory>(StringComparer.Ordinal);

    /// <summary>How often a task may fail before it becomes a dead letter. Only failures that may pass are tried again.</summary>
    /// <value>3 by default; from 1 to 100.</value>
    public int MaxAttempts { get; set; } = 3;
}
