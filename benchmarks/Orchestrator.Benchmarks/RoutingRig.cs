using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers;
using Orchestrator.Routing;
using Orchestrator.Tasks;

namespace Orchestrator.Benchmarks;

/// <summary>A router as a host gets it, with every kind of filter, sticky sessions, limits and a budget of money in use; what it kept in mind is the same for every policy.</summary>
internal sealed class RoutingRig : IDisposable
{
    /// <summary>What an attempt is said to have cost: little, so that no budget ends during a measurement.</summary>
    public const decimal Cost = 0.0001m;

    private readonly ServiceProvider _services;

    public RoutingRig(int providers, string policy = RoutingPolicies.Best, BudgetScope budget = BudgetScope.All, bool record = false)
    {
        Descriptors = [.. Enumerable.Range(0, providers).Select(Describe)];
        var services = new ServiceCollection();
        var builder = services.AddProviderRouting(options =>
        {
            (options.Seed, options.Policy, options.UseCatalogue, options.RecordDecisions) = (42, policy, false, record);
            options.Budgets.Add(new RoutingBudget { Name = "daily", Scope = budget, MaxUsd = 1_000_000 });
        });
        foreach (var descriptor in Descriptors)
        {
            builder.AddProvider(new SampleProvider(descriptor));
        }

        _services = services.BuildServiceProvider();
        Router = record
            ? _services.GetRequiredService<IProviderRouter>()
            : new ProviderRouter(_services.GetRequiredService<ProviderRegistry>());
        Admission = _services.GetRequiredService<IProviderAdmission>();
        foreach (var descriptor in Descriptors)
        {
            Router.Report(new ExecutionOutcome(
                Guid.Empty, descriptor.Name, AgentTaskType.Fix, OutcomeStage.Verified, Complexity: TaskComplexity.Simple));
        }
    }

    public IReadOnlyList<ProviderDescriptor> Descriptors { get; }

    public IProviderRouter Router { get; }

    public IProviderAdmission Admission { get; }

    public RoutingRecorder Recorder => _services.GetRequiredService<RoutingRecorder>();

    public static AgentTask TaskOf(string id, params string[] requires) => new()
    {
        Id = id,
        Type = AgentTaskType.Fix,
        Instructions = "Mend it.",
        Source = new GitHubSource { Owner = "acme", Repository = "shop", Branch = id },
        Requires = [.. requires],
        DataResidency = ["eu"],
        Labels = new ValueMap([new("tenant", id)]),
        MaxCostUsd = 5,
    };

    /// <summary>All of one attempt that is the router's: decide, reserve, settle.</summary>
    public string? Attempt(AgentTask task)
    {
        var decision = Router.Route(task);
        var admission = Admission.TryAdmit(new AdmissionRequest(
            task, decision.Provider!, "attempt-1", (decimal)decision.ExpectedPriceUsd, decision.ExpectedTokens)).Admission;
        return admission.Settle(Cost, tokens: 900) ? decision.Provider : throw new InvalidOperationException("The attempt was not admitted: this measures something else.");
    }

    public void Dispose() => _services.Dispose();

    private static ProviderDescriptor Describe(int number) => new()
    {
        Name = $"provider-{number:000}",
        Kind = ProviderKind.AgentCli,
        Sources = [SourceKind.Local, SourceKind.GitHub],
        Capabilities = number % 4 == 3 ? ["edit"] : ["edit", "shell", number % 2 == 0 ? "even" : "odd"],
        DataResidency = ["eu"],
        PricePerTaskUsd = number * 37 % 100 / 100m,
        Models = [new() { Name = "m", ContextWindow = 200_000, Prices = new() { InputUsd = 1 + (number % 5), OutputUsd = 10 } }],
        Limits = new() { Concurrent = 4, RequestsPerMinute = 1_000_000_000, RequestsPerDay = int.MaxValue, TokensPerMinute = 1_000_000_000_000 },
    };
}
