using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Providers;
using Orchestrator.Routing.Catalogue;
using Orchestrator.Routing.Diagnostics;
using Orchestrator.Routing.Health;
using Orchestrator.Testing;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.DependencyInjection;

public sealed class RegistrationTests
{
    [Fact]
    public void Bare_registration_works_and_rejects_because_nothing_is_registered()
    {
        var services = new ServiceCollection();
        services.AddProviderRouting();
        using var provider = services.BuildServiceProvider(validateScopes: true);

        var decision = provider.GetRequiredService<IProviderRouter>().Route(NewTask());

        Assert.True(decision.IsRejected);
        Assert.StartsWith("No provider is registered", decision.Rejection!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Registering_twice_is_registering_once()
    {
        var (once, twice) = (new ServiceCollection(), new ServiceCollection());
        once.AddProviderRouting().AddProvider<CodexStub>();

        twice.AddProviderRouting().AddProvider<CodexStub>();
        twice.AddProviderRouting().AddProvider<CodexStub>();

        Assert.Equal(once.Select(Describe), twice.Select(Describe));
    }

    [Fact]
    public void Registry_admission_router_and_checks_share_one_state()
    {
        var services = new ServiceCollection();
        services.AddProviderRouting().AddProvider<CodexStub>().ConfigureRouting(options => options.Providers["codex"] = new() { MaxConcurrent = 1 });
        using var provider = services.BuildServiceProvider();

        using var held = provider.GetRequiredService<IProviderAdmission>().TryAdmit(new AdmissionRequest(NewTask(), "codex", "attempt-1")).Admission;

        Assert.True(provider.GetRequiredService<IProviderRouter>().Route(NewTask()).IsRejected);
        Assert.IsType<CodexStub>(provider.GetRequiredService<IProviderRegistry>().Find("codex")!.Agent);
        Assert.NotNull(provider.GetRequiredService<ProviderHealthChecks>());
    }

    [Fact]
    public void The_hosts_own_router_and_clock_win()
    {
        var clock = new ManualTimeProvider();
        var router = new RouterRig([]).Router;
        var services = new ServiceCollection().AddSingleton<TimeProvider>(clock).AddSingleton<IProviderRouter>(router);

        services.AddProviderRouting();

        using var provider = services.BuildServiceProvider();
        Assert.Same(router, provider.GetRequiredService<IProviderRouter>());
        Assert.Same(clock, provider.GetRequiredService<TimeProvider>());
    }

    [Fact]
    public void Bad_settings_fail_at_start_with_every_error_and_the_known_names()
    {
        var services = new ServiceCollection();
        services.AddProviderRouting(options => options.MaxFallbacks = -1)
            .AddProvider<CodexStub>()
            .AddProvider(new StubProvider(Provider("claude")))
            .ConfigureRouting(options => options.Providers["codecs"] = new() { SuccessRate = 2 });
        using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal(
            [
                "MaxFallbacks is -1; it must be from 0 to 63.",
                "Providers[codecs]: there is no such provider. Known providers: claude, codex.",
                "Providers[codecs].SuccessRate is 2; it must be from 0 to 1.",
            ],
            error.Failures);
        Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IProviderRouter>());
    }

    [Fact]
    public void A_description_is_a_provider_and_a_policy_of_the_host_is_known_by_its_name()
    {
        var services = new ServiceCollection();
        services.AddProviderRouting(options => options.Policy = "last").AddProvider(ProviderCatalog.Jules.Descriptor).AddSelectionPolicy<LastPolicy>().AddSelectionPolicy<LastPolicy>();
        using var provider = services.BuildServiceProvider();

        var registry = provider.GetRequiredService<ProviderRegistry>();

        Assert.Null(registry.Find("jules")!.Agent);
        Assert.IsType<LastPolicy>(Assert.Single(registry.Policies));
    }

    [Fact]
    public void Providers_without_a_price_are_warned_of_once_for_each_change()
    {
        var (logs, monitor) = (new RecordingLoggerProvider(), new StubMonitor());
        var services = new ServiceCollection().AddSingleton<IOptionsMonitor<ProviderRoutingOptions>>(monitor).AddLogging(logging => logging.AddProvider(logs));
        services.AddProviderRouting().AddProvider<CodexStub>().AddProvider(Provider("claude")).AddProvider(Provider("paid", 1));
        using var provider = services.BuildServiceProvider();
        _ = provider.GetRequiredService<IProviderRouter>();

        monitor.Change(new ProviderRoutingOptions { MaxFallbacks = 1 });
        monitor.Change(new ProviderRoutingOptions { Providers = { ["codex"] = new() { PricePerTaskUsd = 0 } } });

        Assert.Equal(
            ["claude, codex", "claude"],
            logs.Entries.Where(entry => entry.EventId.Id == 1020).Select(entry => entry.State.Single(value => value.Key == "Providers").Value));
    }

    [Fact]
    public void Changed_settings_reach_the_router()
    {
        var monitor = new StubMonitor();
        var services = new ServiceCollection().AddSingleton<IOptionsMonitor<ProviderRoutingOptions>>(monitor);
        services.AddProviderRouting().AddProvider<CodexStub>();
        using var provider = services.BuildServiceProvider();
        var router = provider.GetRequiredService<IProviderRouter>();

        monitor.Change(new ProviderRoutingOptions { Providers = { ["codex"] = new() { Enabled = false } } });
        Assert.True(router.Route(NewTask()).IsRejected);

        monitor.Change(new ProviderRoutingOptions { MaxFallbacks = -1 });
        Assert.True(router.Route(NewTask()).IsRejected);
        Assert.Equal(2, provider.GetRequiredService<IProviderRegistry>().Version);
    }

    [Fact]
    public void Decisions_and_breakers_are_counted_and_logged()
    {
        var logger = new RecordingLogger<ProviderRouter>();
        var registry = new ProviderRegistry([new CodexStub()]);
        var seen = new List<string>();
        using var listener = new MeterListener();
        using var factory = new StubMeterFactory();
        var router = new ProviderRouter(registry, new ManualTimeProvider(), logger, factory);
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == ProviderRoutingDiagnostics.MeterName && instrument.Meter.Scope == factory)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            seen.Add($"{instrument.Name} {value} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}"));
        listener.Start();

        router.Route(NewTask());
        router.Report(new ExecutionOutcome(Guid.Empty, "codex", NewTask().Type, OutcomeStage.Ended, FailureClass.Authentication));
        router.Route(NewTask());
        router.Report(new ExecutionOutcome(Guid.Empty, "codex", NewTask().Type, OutcomeStage.Ended));

        Assert.Equal(
            [
                "orchestrator.routing.decisions 1 codex only_candidate",
                "orchestrator.routing.breaker.changes 1 codex open",
                "orchestrator.routing.decisions 1 none no_candidate",
                "orchestrator.routing.breaker.changes 1 codex closed",
            ],
            seen.Where(line => line.Contains("routing.decisions", StringComparison.Ordinal) || line.Contains("breaker.changes", StringComparison.Ordinal)));
        Assert.Equal([1000, 1002, 1001, 1003], logger.Entries.Select(entry => entry.EventId.Id));
    }

    private static string Describe(ServiceDescriptor service) => $"{service.ServiceType} {service.ImplementationType} {service.Lifetime}";

    private sealed class CodexStub : IAgentProvider
    {
        private readonly StubProvider _stub = new(Provider("codex"));

        public ProviderDescriptor Descriptor => _stub.Descriptor;

        public IAsyncEnumerable<AgentEvent> ExecuteAsync(AgentExecution execution, CancellationToken cancellationToken) =>
            _stub.ExecuteAsync(execution, cancellationToken);

        public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) => _stub.CheckHealthAsync(cancellationToken);
    }

    private sealed class LastPolicy : ISelectionPolicy
    {
        public string Name => "last";

        public SelectionChoice Select(ReadOnlySpan<SelectionCandidate> eligible, ulong seed) => eligible.Length - 1;
    }

    private sealed class StubMeterFactory : IMeterFactory
    {
        private readonly List<Meter> _meters = [];

        public Meter Create(MeterOptions options)
        {
            options.Scope = this;
            _meters.Add(new Meter(options));
            return _meters[^1];
        }

        public void Dispose() => _meters.ForEach(meter => meter.Dispose());
    }

    private sealed class StubMonitor : IOptionsMonitor<ProviderRoutingOptions>
    {
        private Action<ProviderRoutingOptions, string?>? _listener;

        public ProviderRoutingOptions CurrentValue { get; private set; } = new();

        public ProviderRoutingOptions Get(string? name) => CurrentValue;

        public IDisposable? OnChange(Action<ProviderRoutingOptions, string?> listener)
        {
            _listener = listener;
            return null;
        }

        public void Change(ProviderRoutingOptions options) => _listener!(CurrentValue = options, Options.DefaultName);
    }
}
