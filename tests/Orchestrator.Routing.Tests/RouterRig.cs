using Orchestrator.Providers;
using Orchestrator.Routing.Health;
using Orchestrator.Tasks;
using Orchestrator.Testing;

namespace Orchestrator.Routing.Tests;

/// <summary>A router over given providers with a clock that the test moves.</summary>
internal sealed class RouterRig
{
    public RouterRig(IEnumerable<ProviderDescriptor> providers, Action<ProviderRoutingOptions>? configure = null)
    {
        // Providers here are what their descriptors say, whatever they are called; and nothing is left to chance unless a test says so.
        var options = new ProviderRoutingOptions { Seed = 42, UseCatalogue = false };
        (options.Learning.ExplorationShare, options.Learning.FloorShare) = (0, 0);
        configure?.Invoke(options);
        Registry = new ProviderRegistry(providers.Select(descriptor => new StubProvider(descriptor)), options);
        Router = new ProviderRouter(Registry, Clock);
        Checks = new ProviderHealthChecks(Registry, Clock);
    }

    public ManualTimeProvider Clock { get; } = new();

    public ProviderRegistry Registry { get; }

    public ProviderRouter Router { get; }

    public ProviderHealthChecks Checks { get; }

    public static ProviderDescriptor Provider(string name, decimal price = 0) =>
        new() { Name = name, Kind = ProviderKind.AgentCli, PricePerTaskUsd = price };

    public static AgentTask NewTask(AgentTaskType type = AgentTaskType.Fix) =>
        new() { Id = "task-1", Type = type, Instructions = "Mend it.", Source = new LocalSource { Path = "/repository" } };

    public void Ended(string provider, FailureClass? failure, TimeSpan? retryAfter = null) =>
        Router.Report(new ExecutionOutcome(Guid.Empty, provider, AgentTaskType.Fix, OutcomeStage.Ended, failure, retryAfter));

    public void Verified(string provider, FailureClass? failure, AgentTaskType type = AgentTaskType.Fix) =>
        Router.Report(new ExecutionOutcome(Guid.Empty, provider, type, OutcomeStage.Verified, failure, Complexity: TaskComplexity.Simple));

    public CandidateExplanation Candidate(string provider, AgentTask? task = null, RoutingConstraints? constraints = null) =>
        Router.Explain(task ?? NewTask(), constraints).Candidates.Single(candidate => candidate.Provider == provider);
}
