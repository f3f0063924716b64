using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Providers;
using Orchestrator.Routing.Admission;
using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.State;
using Orchestrator.Routing.Status;
using Orchestrator.Tasks;
using Orchestrator.Testing;

namespace Orchestrator.Routing.Tests.Admission;

/// <summary>Admission over given providers and budgets with a clock that the test moves.</summary>
internal sealed class AdmissionRig
{
    private int _attempts;

    public AdmissionRig(Action<ProviderRoutingOptions> configure, ProviderLimits? limits = null, IRoutingStateStore? store = null)
    {
        var options = new ProviderRoutingOptions { Seed = 42 };
        configure(options);
        var providers = new[] { "claude", "codex" }
            .Select(name => new StubProvider(RouterRig.Provider(name, price: 1) with { Limits = limits ?? new ProviderLimits() }));
        Registry = new ProviderRegistry(providers, options);
        Reservations = store is null ? null : new StoredReservations(store, Registry.Budgets, NullLogger.Instance);
        Desk = new AdmissionDesk(Registry, Clock, Reservations);
        Statuses = new ProviderStatuses(Registry, Clock, NullLogger.Instance);
    }

    public ManualTimeProvider Clock { get; } = new();

    public ProviderRegistry Registry { get; }

    public StoredReservations? Reservations { get; }

    public AdmissionDesk Desk { get; }

    public ProviderStatuses Statuses { get; }

    public static AdmissionRig WithBudget(BudgetScope scope, decimal? usd, BudgetWindow window = BudgetWindow.Day, long? tokens = null, string? owner = null) =>
        new(options => options.Budgets.Add(new RoutingBudget { Name = "cap", Scope = scope, Window = window, MaxUsd = usd, MaxTokens = tokens, Owner = owner }));

    public static AgentTask TaskOf(string id, string? tenant = null) => RouterRig.NewTask() with
    {
        Id = id,
        Labels = tenant is null ? ValueMap.Empty : ValueMap.Empty.With("tenant", tenant),
    };

    public AdmissionRequest Request(decimal usd = 0, long tokens = 0, string provider = "codex", AgentTask? task = null, TimeSpan duration = default) =>
        new(task ?? TaskOf("task-1"), provider, $"attempt-{Interlocked.Increment(ref _attempts)}", usd, tokens, duration);

    public AdmissionResult Admit(decimal usd = 0, long tokens = 0, string provider = "codex", AgentTask? task = null, TimeSpan duration = default) =>
        Desk.TryAdmit(Request(usd, tokens, provider, task, duration));

    /// <summary>What the only budget has left for everybody, a tenant or a task.</summary>
    public BudgetReading Left(string tenant = "", string task = "task-1")
    {
        var readings = new BudgetReading[Registry.Snapshot.Budgets.Length];
        Registry.Budgets.Read(Registry.Snapshot, tenant, task, Clock.GetUtcNow().UtcTicks, readings);
        return readings[0];
    }

    public decimal LeftUsd(string tenant = "", string task = "task-1") => NanoUsd.ToUsd(Left(tenant, task).NanoUsd);
}
