using Orchestrator.Auditing;
using Orchestrator.Queue;
using Orchestrator.Secrets;
using Orchestrator.Testing;

namespace Orchestrator.Hosting.Tests.Reporting;

public sealed class AgentTaskTrailTests
{
    private readonly FakeLogs _logs = new();
    private readonly RecordingLogger<AgentTaskTrail> _logger = new();
    private readonly WatchingObserver _watching = new();

    [Fact]
    public async Task An_observer_that_throws_harms_neither_the_entry_nor_the_other_observers()
    {
        await Trail(new ThrowingObserver(), _watching).RecordAsync(AgentTaskStep.Routed, Operation("routed"), TestContext.Current.CancellationToken);

        Assert.Equal("routed", Assert.Single(_logs.Operations).Message);
        Assert.Equal("routed", Assert.Single(_watching.Events).Message);
        Assert.Contains(nameof(ThrowingObserver), _logger.AllText(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_observers_see_holds_no_known_secret()
    {
        var redactor = new SecretRedactor();
        redactor.Add(new SecretValue("marked-secret-value"));

        Trail(redactor, _watching).Show("task-1", AgentTaskStep.Executing, "the key is marked-secret-value");

        Assert.Equal("the key is ***", Assert.Single(_watching.Events).Message);
    }

    [Fact]
    public async Task Entries_name_the_worker()
    {
        await Trail(_watching).RecordAsync(AgentTaskStep.Routed, Operation("routed"), TestContext.Current.CancellationToken);

        Assert.Equal(("worker", "container"), (_logs.Operations[0].WorkerName, _logs.Operations[0].ContainerName));
    }

    private AgentTaskTrail Trail(params IAgentTaskObserver[] observers) => Trail(new SecretRedactor(), observers);

    private AgentTaskTrail Trail(ISecretRedactor redactor, params IAgentTaskObserver[] observers) =>
        new(_logs, observers, redactor, new WorkerIdentity { Id = "worker-1", WorkerName = "worker", ContainerName = "container" }, new ManualTimeProvider(), _logger);

    private static Operation Operation(string message) => new() { Name = OperationNames.RoutingDecided, TaskId = "task-1", Message = message };

    private sealed class ThrowingObserver : IAgentTaskObserver
    {
        public void OnEvent(AgentTaskEvent agentTaskEvent) => throw new InvalidOperationException("no");
    }

    private sealed class WatchingObserver : IAgentTaskObserver
    {
        public List<AgentTaskEvent> Events { get; } = [];

        public void OnEvent(AgentTaskEvent agentTaskEvent) => Events.Add(agentTaskEvent);
    }
}
