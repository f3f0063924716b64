using Orchestrator.Providers;
using Orchestrator.Routing.Attempts;
using Orchestrator.Routing.Selection;
using Orchestrator.Tasks;
using Orchestrator.Testing;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Attempts;

/// <summary>What happens when the router sees nothing against a provider and the admission does not let it in.</summary>
public sealed class RefusedAdmissionTests
{
    private readonly ManualTimeProvider _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_of_many_providers_may_be_refused_and_the_answer_is_a_value()
    {
        var (attempts, _) = Create(new Gate(), [.. Enumerable.Range(0, 80).Select(i => $"p{i:00}")]);

        var outcome = await attempts.RunAsync<string>(new AttemptRequest { Task = NewTask() }, Never, Token);

        Assert.Equal(80, outcome.Rejection!.Candidates.Count);
        Assert.All(outcome.Rejection.Candidates, candidate => Assert.Equal(RejectionReason.Budget, candidate.Rejection));
    }

    [Fact]
    public async Task The_answer_holds_the_words_of_the_admission_and_its_time()
    {
        var until = _clock.GetUtcNow() + TimeSpan.FromHours(2);
        var (attempts, _) = Create(new Gate { Until = until }, "a");

        var outcome = await attempts.RunAsync<string>(new AttemptRequest { Task = NewTask() }, Never, Token);

        Assert.Equal(FailureClass.Budget, outcome.Failure!.Class);
        Assert.Contains("the state store cannot be reached", outcome.Failure.Message);
        Assert.Equal(RejectionReason.Budget, Assert.Single(outcome.Rejection!.Candidates[0].Reasons).Reason);
        Assert.Equal(until, outcome.EligibleAt);
    }

    [Fact]
    public async Task A_refusal_that_ends_soon_is_waited_for()
    {
        var (attempts, _) = Create(new Gate { Until = _clock.GetUtcNow() + TimeSpan.FromSeconds(10), Refusals = 2 }, "a");

        var running = attempts.RunAsync<string>(new AttemptRequest { Task = NewTask() }, (_, _) => ValueTask.FromResult(new AttemptResult<string> { Value = "done" }), Token);
        await _clock.WaitForTimerAsync(1, Token);
        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("done", (await running).Value);
    }

    [Fact]
    public async Task A_refusal_whose_time_is_over_and_that_comes_again_is_not_asked_for_ever()
    {
        var gate = new Gate { Until = _clock.GetUtcNow() };
        var (attempts, _) = Create(gate, "a");

        Assert.False((await attempts.RunAsync<string>(new AttemptRequest { Task = NewTask() }, Never, Token)).Succeeded);
        Assert.InRange(gate.Asked, 2, 100);
    }

    [Fact]
    public async Task A_refused_attempt_is_no_outcome_and_gives_the_probe_of_a_half_open_breaker_back()
    {
        var (attempts, router) = Create(new Gate(), "a");
        for (var i = 0; i < 3; i++)
        {
            router.Report(new ExecutionOutcome(Guid.Empty, "a", AgentTaskType.Fix, OutcomeStage.Ended, FailureClass.Unavailable));
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        var observer = new Outcomes();
        router.Observer = observer;
        await attempts.RunAsync<string>(new AttemptRequest { Task = NewTask() }, Never, Token);

        Assert.Equal(0, observer.Count);
        Assert.Equal("a", router.Route(NewTask()).Provider);
    }

    [Fact]
    public async Task An_admission_that_breaks_gives_the_probe_back_as_well()
    {
        var (attempts, router) = Create(new Gate { Breaks = true }, "a");
        for (var i = 0; i < 3; i++)
        {
            router.Report(new ExecutionOutcome(Guid.Empty, "a", AgentTaskType.Fix, OutcomeStage.Ended, FailureClass.Unavailable));
        }

        _clock.Advance(TimeSpan.FromMinutes(1));

        await Assert.ThrowsAsync<IOException>(() => attempts.RunAsync<string>(new AttemptRequest { Task = NewTask() }, Never, Token));
        Assert.Equal("a", router.Route(NewTask()).Provider);
    }

    [Fact]
    public async Task An_attempt_that_never_began_is_no_outcome()
    {
        var rig = new AttemptRig([Provider("a")]).Script("a", (_, _) => ValueTask.FromResult(
            new AttemptResult<string> { Failure = new AgentFailure { Class = FailureClass.Configuration, Message = "not begun" }, Began = false }));
        var observer = new Outcomes();
        rig.Router.Observer = observer;

        await rig.RunAsync(cancellationToken: Token);

        Assert.Equal(0, observer.Count);
        Assert.Equal(0, rig.Admission.GetInFlight("a"));
    }

    private static ValueTask<AttemptResult<string>> Never(AttemptContext context, CancellationToken cancellationToken) => throw new InvalidOperationException("Nobody was to be asked.");

    private (ProviderAttempts Attempts, ProviderRouter Router) Create(IProviderAdmission admission, params string[] names)
    {
        var registry = new ProviderRegistry(names.Select(name => new StubProvider(Provider(name))), new ProviderRoutingOptions { Seed = 1 });
        var router = new ProviderRouter(registry, _clock);
        return (new ProviderAttempts(router, registry, admission, _clock), router);
    }

    /// <summary>Refuses so many attempts, or all.</summary>
    private sealed class Gate : IProviderAdmission
    {
        public DateTimeOffset? Until { get; init; }

        public int Refusals { get; init; } = int.MaxValue;

        public bool Breaks { get; init; }

        public int Asked { get; private set; }

        public AdmissionResult TryAdmit(in AdmissionRequest request)
        {
            if (Breaks)
            {
                throw new IOException("broken");
            }

            return ++Asked <= Refusals
                ? new AdmissionResult(default, new RejectionDetail { Reason = RejectionReason.Budget, Text = "the state store cannot be reached", Until = Until })
                : Free.TryAdmit(request);
        }

        public ValueTask<AdmissionResult> AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken = default) => ValueTask.FromResult(TryAdmit(request));

        public int GetInFlight(string provider) => 0;

        private static IProviderAdmission Free { get; } = new Orchestrator.Routing.Admission.AdmissionDesk(
            new ProviderRegistry([new StubProvider(Provider("a"))], new ProviderRoutingOptions { Seed = 1 }), TimeProvider.System);
    }

    private sealed class Outcomes : IRoutingObserver
    {
        public int Count { get; private set; }

        public void Decided(in RoutingDecision decision, AgentTask task, RoutingConstraints? constraints, in RoutingFrame frame, bool isShadow)
        {
            // Decisions are not looked at here.
        }

        public void Reported(in ExecutionOutcome outcome) => Count++;
    }
}
