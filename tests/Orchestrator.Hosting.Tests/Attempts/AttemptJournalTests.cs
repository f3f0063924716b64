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
    public async Task Of_a_worker_that_dies_only_the_last_seconds_are_lost_however_long_its_provider_says_nothing()
    {
        var saved = new TaskCompletionSource<ExecutionRecord>(TaskCreationOptions.RunContinuationsAsynchronously);
        _logs.Saved = record => saved.TrySetResult(record);
        await using var journal = Journal(new ProviderDescriptor { Name = "first", Kind = ProviderKind.Command });
        journal.Add(new AgentStarted { SessionId = "s" });
        journal.Add(new AgentUsageReported { Usage = new TokenUsage { InputTokens = 5 }, CostUsd = 0.5m });
        _time.Advance(AttemptJournal.SaveInterval / 2);
        journal.Add(new AgentMessage { Text = "the last word" });
        Assert.Empty(_logs.Executions);

        _time.Advance(AttemptJournal.SaveInterval / 2);
        var record = await saved.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((ExecutionStatus.Running, "s", 0.5m, "the last word"), (record.Status, record.SessionId, record.CostUsd, record.Output));
    }

    [Fact]
    public async Task What_comes_after_a_save_is_saved_within_another_interval()
    {
        var saved = new SemaphoreSlim(0);
        _logs.Saved = _ => saved.Release();
        await using var journal = Journal(new ProviderDescriptor { Name = "first", Kind = ProviderKind.Command });
        foreach (var text in (string[])["one", "two"])
        {
            journal.Add(new AgentMessage { Text = text });
            await _time.WaitForTimerAsync(1, TestContext.Current.CancellationToken);
            _time.Advance(AttemptJournal.SaveInterval);
            await saved.WaitAsync(TestContext.Current.CancellationToken);

            Assert.Equal(text, Assert.Single(_logs.Executions).Output);
        }

        await journal.CloseAsync(journal.Record with { Status = ExecutionStatus.Succeeded });
        Assert.Equal((ExecutionStatus.Succeeded, 2, 0), (_logs.Executions.Single().Status, _logs.Events["e1"].Events.Count, _time.ArmedTimers));
    }

    [Fact]
    public async Task Nothing_is_saved_after_the_end()
    {
        var journal = Journal(new ProviderDescriptor { Name = "first", Kind = ProviderKind.Command });
        journal.Add(new AgentMessage { Text = "one" });

        await journal.CloseAsync(journal.Record with { Status = ExecutionStatus.Failed });
        await journal.DisposeAsync();
        var armed = _time.ArmedTimers;
        _time.Advance(AttemptJournal.SaveInterval);

        Assert.Equal((0, ExecutionStatus.Failed), (armed, _logs.Executions.Single().Status));
    }

    [Fact]
    public async Task The_last_word_is_in_the_record_whatever_happens_after_it()
    {
        await using var completed = Journal(new ProviderDescriptor { Name = "first", Kind = ProviderKind.Command });
        await using var failed = Journal(new ProviderDescriptor { Name = "first", Kind = ProviderKind.Command });
        failed.Add(new AgentUsageReported { Usage = new TokenUsage { InputTokens = 7 }, CostUsd = 0.7m });

        completed.Add(new AgentCompleted { Result = new AgentResult { Summary = "done", SessionId = "s", Usage = new TokenUsage { InputTokens = 5 }, CostUsd = 0.5m } });
        failed.Add(new AgentFailed { Failure = new AgentFailure { Class = FailureClass.Crashed, Message = "no", CostUsd = 0.8m } });

        Assert.Equal(("done", "s", 5, 0.5m), (completed.Record.Output, completed.Record.SessionId, completed.Record.Usage.InputTokens, completed.Record.CostUsd));
        Assert.Equal((7, 0.8m), (failed.Record.Usage.InputTokens, failed.Record.CostUsd));
    }

    [Fact]
    public async Task Tokens_that_nobody_priced_cost_what_the_model_that_is_used_costs()
    {
        await using var journal = Journal(new ProviderDescriptor
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
