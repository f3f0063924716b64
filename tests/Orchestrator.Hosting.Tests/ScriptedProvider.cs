using System.Runtime.CompilerServices;
using Orchestrator.Providers;

namespace Orchestrator.Hosting.Tests;

/// <summary>A provider that writes one file, or fails as the test says.</summary>
internal sealed class ScriptedProvider(string name) : IAgentProvider
{
    public FailureClass? Failure { get; set; }

    /// <summary>What it does instead of writing its file; gives its last event.</summary>
    public Func<AgentExecution, AgentEvent>? Work { get; set; }

    /// <summary>What it tells before anything else.</summary>
    public IReadOnlyList<AgentEvent> Tells { get; set; } = [];

    /// <summary>Whether it works until it is cancelled.</summary>
    public bool Hangs { get; set; }

    public HealthStatus Health { get; set; } = HealthStatus.Healthy;

    public int Runs { get; private set; }

    public ProviderDescriptor Descriptor { get; set; } = new() { Name = name, Kind = ProviderKind.Command };

    public async IAsyncEnumerable<AgentEvent> ExecuteAsync(AgentExecution execution, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Runs++;
        foreach (var told in Tells)
        {
            yield return told;
        }

        if (Hangs)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        if (Failure is { } failure)
        {
            yield return new AgentFailed { Failure = new AgentFailure { Class = failure, Message = $"{name} cannot." } };
            yield break;
        }

        if (Work is { } work)
        {
            yield return work(execution);
            yield break;
        }

        await File.WriteAllTextAsync(Path.Combine(execution.Workspace!.Directory, "made.txt"), name + "\n", cancellationToken);
        yield return new AgentCompleted { Result = new AgentResult { Summary = $"{name} did it." } };
    }

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ProviderHealth { Status = Health, Message = $"{name} is {Health}." });
}
