using System.Collections.Concurrent;

namespace Orchestrator.Hosting.Tests.Operations;

/// <summary>Keeps what it is told.</summary>
internal sealed class Heard : IProgress<AgentTaskEvent>
{
    public ConcurrentQueue<AgentTaskEvent> Events { get; } = [];

    public void Report(AgentTaskEvent value) => Events.Enqueue(value);
}
