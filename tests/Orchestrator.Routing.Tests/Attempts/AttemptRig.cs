using System.Collections.Concurrent;
using Orchestrator.Providers;
using Orchestrator.Routing.Admission;
using Orchestrator.Routing.Attempts;
using Orchestrator.Tasks;
using Orchestrator.Testing;

namespace Orchestrator.Routing.Tests.Attempts;

/// <summary>The whole loop over providers that do what the test's script says, with a clock that the test moves.</summary>
internal sealed class AttemptRig
{
    private readonly Dictionary<string, ConcurrentQueue<Step>> _scripts = [];

    public AttemptRig(IEnumerable<ProviderDescriptor> providers, Action<ProviderRoutingOptions>? configure = null)
    {
        var options = new ProviderRoutingOptions { Seed = 42 };
        options.Sticky.Enabled = false;
        options.Learning.ExplorationShare = 0;
        options.Learning.FloorShare = 0;
        configure?.Invoke(options);
        Registry = new ProviderRegistry(providers.Select(descriptor => new StubProvider(descriptor)), options);
        Router = new ProviderRouter(Registry, Clock);
        Admission = new AdmissionDesk(Registry, Clock);
        Attempts = new ProviderAttempts(Router, Registry, Admission, Clock);
    }

    /// <summary>One attempt of a scripted provider.</summary>
    public delegate ValueTask<AttemptResult<string>> Step(AttemptContext context, CancellationToken cancellationToken);

    public ManualTimeProvider Clock { get; } = new();

    public ProviderRegistry Registry { get; }

    public ProviderRouter Router { get; }

    public IProviderAdmission Admission { get; }

    public ProviderAttempts Attempts { get; }

    /// <summary>Who was asked, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public static Step Answers(decimal cost = 0) => (context, _) => ValueTask.FromResult(new AttemptResult<string> { Value = context.Provider.Name, CostUsd = cost, Tokens = 0 });

    public static Step Fails(FailureClass failure, TimeSpan? retryAfter = null, decimal cost = 0) => (_, _) =>
        ValueTask.FromResult(new AttemptResult<string> { Failure = new AgentFailure { Class = failure, Message = "scripted", RetryAfter = retryAfter }, CostUsd = cost, Tokens = 0 });

    public static Step Hangs { get; } = static async (_, cancellationToken) =>
    {
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        throw new InvalidOperationException("An endless wait has ended.");
    };

    /// <summary>Gives a provider its script; when it is over, the last step is repeated. A provider without one answers.</summary>
    public AttemptRig Script(string provider, params Step[] steps)
    {
        _scripts[provider] = new ConcurrentQueue<Step>(steps);
        return this;
    }

    public Task<AttemptOutcome<string>> RunAsync(AgentTask? task = null, CancellationToken cancellationToken = default) =>
        RunAsync(new AttemptRequest { Task = task ?? RouterRig.NewTask() }, cancellationToken);

    public Task<AttemptOutcome<string>> RunAsync(AttemptRequest request, CancellationToken cancellationToken = default) =>
        Attempts.RunAsync<string>(request, AskAsync, cancellationToken);

    private ValueTask<AttemptResult<string>> AskAsync(AttemptContext context, CancellationToken cancellationToken)
    {
        Asked.Enqueue(context.Provider.Name);
        var script = _scripts.GetValueOrDefault(context.Provider.Name);
        var step = script is null ? Answers() : script.Count > 1 && script.TryDequeue(out var next) ? next : script.TryPeek(out var last) ? last : Answers();
        return step(context, cancellationToken);
    }
}
