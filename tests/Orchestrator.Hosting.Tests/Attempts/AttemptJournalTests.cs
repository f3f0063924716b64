using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Executions;
using Orchestrator.Providers;
using Orchestrator.Testing;

namespace Orchestrator.Hosting.Tests.Attempts;

public sealed class AttemptJournalTests
{
    private static readonly ExecutionRecord Begun = new() { Id = "e1", TaskId = "t1", Provider = "first", Model = "m", Status = ExecutionStatus.Running, StartedAt = ManualTimeProvider.DefaultStart };

    private readonly FakeLogs _logs = new();
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Of_a_worker_that_dies_only_the_last_seconds_are_lost()
    {
        var saved = new TaskCompletionSource<ExecutionRecord>(TaskCreationOptions.RunContinuationsAsynchronously);
        _logs.Saved = record => saved.TrySetResult(record);
        var journal = Journal(new ProviderDescriptor { Name = "first", Kind = ProviderKind.Command });
        journal.Add(new AgentStarted { SessionId = "s" });
        journal.Add(new AgentUsageReported { Usage = new TokenUsage { InputTokens = 5 }, CostUsd = 0.5m });
        Assert.Empty(_logs.Executions);

        _time.Advance(AttemptJournal.SaveInterval);
        journal.Add(new AgentMessage { Text = "still there" });
        var record = await saved.Task.WaitAsync(TestContext.Current.CancellationToken);
        await journal.CloseAsync(journal.Record);

        Assert.Equal((ExecutionStatus.Running, "s", 0.5m, "still there"), (record.Status, record.SessionId, record.CostUsd, record.Output));
        Assert.Equal(3, _logs.Events["e1"].Events.Count);
    }

    [Fact]
    public void Tokens_that_nobody_priced_cost_what_the_model_that_is_used_costs()
    {
        var journal = Journal(new ProviderDescriptor
        {
            Name = "first",
            Kind = ProviderKind.AgentCli,
            PricePerTaskUsd = 0.25m,
            Models = [new ModelDescriptor { Name = "M", Prices = new TokenPrices { InputUsd = 2m } }],
        });

        journal.Add(new AgentUsageReported { Usage = new TokenUsage { InputTokens = 1_000_000 } });

        Assert.Equal(2.25m, journal.Record.CostUsd);
    }

    private AttemptJournal Journal(ProviderDescriptor provider) => new(Begun, provider, _logs, _time, NullLogger.Instance);
}
