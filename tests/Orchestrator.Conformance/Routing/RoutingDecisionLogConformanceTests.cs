using Orchestrator.Providers;
using Orchestrator.Routing;
using Orchestrator.Routing.Decisions;
using Orchestrator.Tasks;

namespace Orchestrator.Conformance.Routing;

/// <summary>What every <see cref="IRoutingDecisionLog"/> must do. Each test starts with an empty log.</summary>
public abstract class RoutingDecisionLogConformanceTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 30, 15, 123, TimeSpan.Zero);

    /// <summary>Opens the test's log: once more each time it is called, as another process would. A log in memory gives the same one.</summary>
    protected abstract IRoutingDecisionLog Open();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_decision_is_kept_whole()
    {
        var record = Whole(1);

        await Open().AppendAsync([record], Cancel);

        Assert.Equal(record, await Open().FindAsync(record.Decision.Id, Cancel));
        Assert.Null(await Open().FindAsync(Id(2), Cancel));
    }

    [Fact]
    public async Task A_decision_that_nobody_could_do_is_kept_with_every_reason()
    {
        var record = Record(1, provider: null) with
        {
            Decision = new RoutingDecision
            {
                Id = Id(1),
                Reason = RoutingReason.NoCandidate,
                Rejection = new RoutingRejection
                {
                    Message = "No provider can do it.",
                    EligibleAt = Now.AddHours(1),
                    Candidates = [new CandidateExplanation
                    {
                        Provider = "codex",
                        Rejection = RejectionReason.RateLimited,
                        Reasons = [new RejectionDetail { Reason = RejectionReason.RateLimited, Until = Now.AddHours(1), Text = "asked to wait" }],
                        Detail = "asked to wait",
                    }],
                },
            },
        };

        await Open().AppendAsync([record], Cancel);

        Assert.Equal(record, await Open().FindAsync(Id(1), Cancel));
        Assert.Equal([record], await Open().ListAsync(new RoutingRecordQuery(), Cancel));
    }

    [Fact]
    public async Task A_decision_that_is_kept_already_is_left_as_it_is()
    {
        var log = Open();
        await log.AppendAsync([Record(1), Record(1) with { WorkerName = "second" }, Record(2)], Cancel);

        await Open().AppendAsync([Record(2) with { WorkerName = "second" }, Record(3)], Cancel);
        await Open().AppendAsync([], Cancel);

        Assert.Equal([Record(3), Record(2), Record(1)], await log.ListAsync(new RoutingRecordQuery(), Cancel));
    }

    [Fact]
    public async Task Decisions_are_listed_newest_first_by_task_and_provider()
    {
        var log = Open();
        await log.AppendAsync(
            [Record(2, task: "b"), Record(1, provider: "Codex"), Record(4), Record(3, provider: null), Record(5, provider: "jules", task: "b"), Record(6) with { At = Record(5).At }], Cancel);

        Assert.Equal("6,5,4,3,2,1", await ListAsync(new RoutingRecordQuery()));
        Assert.Equal("6,5", await ListAsync(new RoutingRecordQuery { Limit = 2 }));
        Assert.Equal("5,2", await ListAsync(new RoutingRecordQuery { TaskId = "b" }));
        Assert.Equal("6,4,2,1", await ListAsync(new RoutingRecordQuery { Provider = "codex" }));
        Assert.Equal("2", await ListAsync(new RoutingRecordQuery { Provider = "CODEX", TaskId = "b" }));
        Assert.Equal("6", await ListAsync(new RoutingRecordQuery { TaskId = "a", Limit = 1 }));
        Assert.Equal("", await ListAsync(new RoutingRecordQuery { TaskId = "none" }));

        async Task<string> ListAsync(RoutingRecordQuery query) => string.Join(',', (await log.ListAsync(query, Cancel)).Select(record => record.Decision.Seed));
    }

    [Fact]
    public async Task Outcomes_of_a_decision_are_kept_whole_and_listed_oldest_first()
    {
        var log = Open();
        var ended = new RecordedOutcome(
            new ExecutionOutcome(
                Id(1), "codex", AgentTaskType.Fix, OutcomeStage.Ended, FailureClass.RateLimited, TimeSpan.FromSeconds(1.5), TimeSpan.FromMinutes(2), 0.123456789m, long.MaxValue, TaskComplexity.Complex),
            Now.AddMinutes(1));
        var verified = new RecordedOutcome(new ExecutionOutcome(Id(1), "jules", AgentTaskType.Fix, OutcomeStage.Verified), Now.AddDays(3));
        var second = ended with { Outcome = ended.Outcome with { Provider = "claude" } };

        await log.AppendAsync([Record(1), Record(2)], Cancel);
        await log.AppendOutcomesAsync([verified, ended, new RecordedOutcome(new ExecutionOutcome(Id(2), "codex", AgentTaskType.Fix, OutcomeStage.Ended), Now)], Cancel);
        await Open().AppendOutcomesAsync([second, second], Cancel);
        await Open().AppendOutcomesAsync([], Cancel);

        Assert.Equal([ended, second, second, verified], await Open().ListOutcomesAsync(Id(1), Cancel));
        Assert.Empty(await log.ListOutcomesAsync(Id(3), Cancel));
    }

    [Fact]
    public async Task A_configuration_is_kept_once_for_each_digest()
    {
        var log = Open();
        var first = new RoutingSnapshotRecord("d1", """{"a":"ä€😀"}""", Now);

        await log.SaveSnapshotAsync(first, Cancel);
        await log.SaveSnapshotAsync(new RoutingSnapshotRecord("d1", "{}", Now.AddHours(1)), Cancel);
        await Open().SaveSnapshotAsync(new RoutingSnapshotRecord("D1", "{}", Now), Cancel);

        Assert.Equal(first, await Open().FindSnapshotAsync("d1", Cancel));
        Assert.Equal("{}", (await Open().FindSnapshotAsync("D1", Cancel))!.Content);
        Assert.Null(await log.FindSnapshotAsync("d2", Cancel));
    }

    [Fact]
    public async Task Processes_that_append_the_same_and_others_at_once_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(process => Task.Run(
            async () =>
            {
                var log = Open();
                foreach (var i in Enumerable.Range(0, 10))
                {
                    await log.AppendAsync([Record(1_000 + i), Record((process * 10) + i), Record(1_000 + 9 - i)], Cancel);
                    await log.AppendOutcomesAsync([new RecordedOutcome(new ExecutionOutcome(Id(1_000), "codex", AgentTaskType.Fix, OutcomeStage.Ended), Now)], Cancel);
                }

                await log.SaveSnapshotAsync(new RoutingSnapshotRecord("d", "{}", Now), Cancel);
            },
            Cancel)));

        Assert.Equal(50, (await Open().ListAsync(new RoutingRecordQuery { Limit = 1_000 }, Cancel)).Select(record => record.Decision.Id).Distinct().Count());
        Assert.Equal(40, (await Open().ListOutcomesAsync(Id(1_000), Cancel)).Count);
    }

    private static Guid Id(int number) => new(number, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]);

    private static RoutingRecord Record(int number, string? provider = "codex", string task = "a") => new()
    {
        Decision = new RoutingDecision { Id = Id(number), Provider = provider, Seed = (ulong)number },
        Task = new AgentTask { Id = task, Type = AgentTaskType.Fix, Instructions = "-", Source = new LocalSource { Path = "/r" } },
        SnapshotDigest = "d",
        State = "",
        At = Now.AddMinutes(number),
    };

    private static RoutingRecord Whole(int number) => new()
    {
        Decision = new RoutingDecision
        {
            Id = Id(number),
            Provider = "codex",
            Model = "gpt-5",
            Fallbacks = ["jules", "claude"],
            Reason = RoutingReason.Experiment,
            Because = "cheap/b",
            Complexity = TaskComplexity.Complex,
            ExpectedPriceUsd = 0.1 + 0.2,
            ExpectedTokens = long.MaxValue,
            Score = 1.0 / 3,
            Propensity = 0.05,
            SnapshotVersion = 7,
            Seed = ulong.MaxValue,
        },
        Task = new AgentTask
        {
            Id = "t1",
            Type = AgentTaskType.Refactor,
            Instructions = "-",
            Source = new GitHubSource { Owner = "o", Repository = "r", Branch = "b" },
            PreferredTags = ["fast"],
            Complexity = TaskComplexity.Complex,
            SessionKey = "s",
            DataResidency = ["eu"],
            Racing = TaskRacing.Race,
            Labels = ValueMap.Empty.With("tenant", "ä"),
        },
        Constraints = new RoutingConstraints { AlreadyTried = ["jules"], Excluded = ["claude"], MoreContextThan = 1, RemainingUsd = 0.5m, EstimatedTokens = 2 },
        SnapshotDigest = new string('f', 64),
        State = Convert.ToBase64String([0, 255, 128, 7]),
        At = Now,
        IsShadow = true,
        WorkerName = "w",
        ContainerName = "c",
    };
}
