using System.Diagnostics.CodeAnalysis;
using Orchestrator.Executions;
using Orchestrator.Providers;
using Orchestrator.Secrets;

namespace Orchestrator.Conformance;

/// <summary>What every lasting <see cref="IExecutionLog"/> must do. Each test starts with an empty database.</summary>
public abstract class ExecutionLogConformanceTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 30, 15, 123, TimeSpan.Zero);

    /// <summary>Opens the test's database: once more each time it is called, as another process would.</summary>
    protected abstract IExecutionLog Open(ISecretRedactor? redactor = null);

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_attempt_is_kept_as_it_was_saved()
    {
        var execution = new ExecutionRecord
        {
            Id = "e1",
            TaskId = "t1",
            Provider = "codex",
            Model = "gpt-5",
            Attempt = 2,
            Status = ExecutionStatus.Failed,
            InputDigest = new string('a', 64),
            Output = "ä€😀\n",
            Patch = "diff --git a/a b/a\n",
            SessionId = "s1",
            CostUsd = 0.123456789m,
            StartedAt = Now,
            FinishedAt = Now.AddMinutes(1),
            WorkerName = "w",
            ContainerName = "c",
            Usage = new TokenUsage { InputTokens = long.MaxValue, CachedInputTokens = 2, CacheWriteTokens = 3, OutputTokens = 4, ReasoningTokens = 5 },
            Failure = new AgentFailure { Class = FailureClass.RateLimited, Message = "slow down", RetryAfter = TimeSpan.FromSeconds(1.5), StatusCode = 429, Detail = "detail", CostUsd = 0.5m },
        };

        await Open().SaveAsync(execution, Cancel);

        Assert.Equal([execution], await Open().ListAsync("t1", Cancel));
        Assert.Empty(await Open().ListAsync("t2", Cancel));
    }

    [Fact]
    public async Task A_NUL_character_in_what_an_agent_said_is_replaced()
    {
        var failure = new AgentFailure { Class = FailureClass.RateLimited, Message = "a", Detail = "c\0d" };
        var execution = new ExecutionRecord
        {
            Id = "e1",
            TaskId = "t1",
            Provider = "codex",
            Status = ExecutionStatus.Failed,
            StartedAt = Now,
            Output = "a\0b",
            Patch = "\0",
            SessionId = "s\0",
            Model = "m\0",
            Failure = failure,
        };

        await Open().SaveAsync(execution, Cancel);

        var kept = Assert.Single(await Open().ListAsync("t1", Cancel));
        Assert.Equal(("a\uFFFDb", "\uFFFD", "s\uFFFD", "m\uFFFD"), (kept.Output, kept.Patch, kept.SessionId, kept.Model));
        Assert.Equal("c\uFFFDd", kept.Failure!.Detail);
    }

    [Fact]
    public async Task Saving_again_replaces_the_attempt()
    {
        var log = Open();
        var execution = new ExecutionRecord { Id = "e1", TaskId = "t1", Provider = "codex", Status = ExecutionStatus.Running, StartedAt = Now };
        var ended = execution with { Status = ExecutionStatus.Verified, Output = "done", CostUsd = 1.5m, FinishedAt = Now.AddSeconds(1), Model = "m" };

        await log.SaveAsync(execution, Cancel);
        Assert.Equal([execution], await log.ListAsync("t1", Cancel));
        await log.SaveAsync(ended, Cancel);

        Assert.Equal([ended], await log.ListAsync("t1", Cancel));
    }

    [Theory]
    [InlineData(ExecutionStatus.Failed)]
    [InlineData(ExecutionStatus.Cancelled)]
    [InlineData(ExecutionStatus.Succeeded)]
    [InlineData(ExecutionStatus.Verified)]
    public async Task Who_was_taken_for_dead_does_not_take_back_the_verdict(ExecutionStatus verdict)
    {
        var log = Open();
        var running = Running("e1");
        var ended = running with { Status = verdict, FinishedAt = Now.AddSeconds(1), CostUsd = 1m };
        await log.SaveAsync(running, Cancel);
        await Open().SaveAsync(ended, Cancel);

        await log.SaveAsync(running with { Output = "still here", CostUsd = 2m }, Cancel);
        Assert.Equal([ended], await log.ListAsync("t1", Cancel));
        await log.SaveAsync(ended with { Output = "verified" }, Cancel);

        Assert.Equal([ended with { Output = "verified" }], await log.ListAsync("t1", Cancel));
    }

    [Fact]
    public async Task Attempts_are_listed_oldest_first()
    {
        var log = Open();
        foreach (var (id, minutes) in (ValueTuple<string, int>[])[("third", 2), ("first", 0), ("second", 1)])
        {
            await log.SaveAsync(new ExecutionRecord { Id = id, TaskId = "t1", Provider = "codex", Status = ExecutionStatus.Running, StartedAt = Now.AddMinutes(minutes) }, Cancel);
        }

        Assert.Equal(["first", "second", "third"], (await log.ListAsync("t1", Cancel)).Select(execution => execution.Id));
    }

    [Fact]
    public async Task Instances_that_save_at_once_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(instance => Task.Run(
            async () =>
            {
                var log = Open();
                foreach (var i in Enumerable.Range(0, 10))
                {
                    await log.SaveAsync(new ExecutionRecord { Id = $"e{instance}-{i}", TaskId = "t1", Provider = "codex", Status = ExecutionStatus.Running, StartedAt = Now }, Cancel);
                }
            },
            Cancel)));

        Assert.Equal(40, (await Open().ListAsync("t1", Cancel)).Select(execution => execution.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_configuration_is_kept_once_for_each_content()
    {
        var log = Open();
        var first = new ProviderConfiguration
        {
            Descriptor = new ProviderDescriptor
            {
                Name = "codex",
                Kind = ProviderKind.AgentCli,
                Description = "ä€😀",
                Capabilities = ["tools"],
                Models = [new ModelDescriptor { Name = "gpt-5", Prices = new TokenPrices { InputUsd = 1.25m } }],
                SecretNames = ["OPENAI_API_KEY"],
                PricePerTaskUsd = 0.5m,
            },
            At = Now,
            WorkerName = "w",
            ContainerName = "c",
        };
        var second = first with { Descriptor = first.Descriptor with { PricePerTaskUsd = 0.75m }, At = Now.AddHours(1) };
        var other = new ProviderConfiguration { Descriptor = new ProviderDescriptor { Name = "jules", Kind = ProviderKind.AgentCli }, At = Now };

        await log.ConfiguredAsync(first, Cancel);
        await log.ConfiguredAsync(first with { At = Now.AddMinutes(1), WorkerName = "x" }, Cancel);
        await Open().ConfiguredAsync(first with { At = Now.AddMinutes(2) }, Cancel);
        await log.ConfiguredAsync(other, Cancel);
        await log.ConfiguredAsync(second, Cancel);

        Assert.Equal([first, second], await log.ListConfigurationsAsync("codex", Cancel));
        Assert.Equal([first, second], await log.ListConfigurationsAsync("Codex", Cancel));
        Assert.Equal([first, other, second], await Open().ListConfigurationsAsync(null, Cancel));
        Assert.Empty(await log.ListConfigurationsAsync("none", Cancel));
    }

    [Fact]
    public async Task Instances_that_keep_one_configuration_at_once_keep_it_once()
    {
        var configuration = new ProviderConfiguration { Descriptor = new ProviderDescriptor { Name = "codex", Kind = ProviderKind.AgentCli }, At = Now };

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await Open().ConfiguredAsync(configuration, Cancel), Cancel)));

        Assert.Equal([configuration], await Open().ListConfigurationsAsync(null, Cancel));
    }

    [Fact]
    public async Task The_events_of_an_attempt_are_kept_as_they_were_saved()
    {
        var log = Open();
        await log.SaveAsync(Running("e1"), Cancel);
        var events = new ExecutionEvents
        {
            ExecutionId = "e1",
            Events =
            [
                new AgentStarted { At = Now, SessionId = "s1", Model = "gpt-5" },
                new AgentMessage { At = Now.AddTicks(1), Text = "ä€😀\n\"{}\u2028" },
                new AgentToolCall { Tool = ToolKind.Shell, Target = "ls\t-l", Succeeded = true, Patch = "{\"operations\":[]}" },
                new AgentPlanProposed { Steps = ["one", "two"] },
                new AgentApprovalRequested { Question = "May I?", RequestId = "r" },
                new AgentUsageReported { Usage = new TokenUsage { InputTokens = 1, OutputTokens = 2 }, CostUsd = 0.123456789m },
                new AgentProgress { Message = "half", Fraction = 0.5 },
                new AgentFailed { Failure = new AgentFailure { Class = FailureClass.Timeout, Message = "too long", Detail = "last\nlines", RetryAfter = TimeSpan.FromSeconds(2) } },
                new AgentCompleted { Result = new AgentResult { Summary = "done", Usage = new TokenUsage { InputTokens = 3 }, SessionId = "s1", RefusedTools = 1 } },
            ],
            Omitted = 7,
            At = Now.AddMinutes(1),
            WorkerName = "w",
            ContainerName = "c",
        };

        await log.SaveEventsAsync(events, Cancel);

        Assert.Equal(events, await Open().ListEventsAsync("e1", Cancel));
        Assert.Null(await log.ListEventsAsync("e2", Cancel));
    }

    [Fact]
    public async Task Saving_events_again_replaces_them_and_saving_the_attempt_again_leaves_them()
    {
        var log = Open();
        await log.SaveAsync(Running("e1"), Cancel);
        var more = new ExecutionEvents { ExecutionId = "e1", Events = [new AgentMessage { Text = "one" }, new AgentMessage { Text = "two" }], Omitted = 1, At = Now.AddSeconds(1) };

        await log.SaveEventsAsync(new ExecutionEvents { ExecutionId = "e1", Events = [new AgentMessage { Text = "one" }], At = Now }, Cancel);
        await log.SaveEventsAsync(more, Cancel);
        await log.SaveAsync(Running("e1") with { Status = ExecutionStatus.Succeeded }, Cancel);

        Assert.Equal(more, await log.ListEventsAsync("e1", Cancel));
    }

    [Fact]
    public async Task Events_of_any_size_and_none_at_all_are_kept()
    {
        var log = Open();
        await log.SaveAsync(Running("many"), Cancel);
        await log.SaveAsync(Running("none"), Cancel);
        var many = new ExecutionEvents { ExecutionId = "many", Events = [.. Enumerable.Range(0, 2_000).Select(i => new AgentMessage { Text = $"{i}\0{new string('x', 100)}" })], At = Now };
        var none = new ExecutionEvents { ExecutionId = "none", Events = [], At = Now };

        await log.SaveEventsAsync(many, Cancel);
        await log.SaveEventsAsync(none, Cancel);

        Assert.Equal(many, await log.ListEventsAsync("many", Cancel));
        Assert.Equal(none, await log.ListEventsAsync("none", Cancel));
    }

    [Fact]
    public async Task No_secret_is_kept_in_events()
    {
        var log = Open(new WordRedactor());
        await log.SaveAsync(Running("e1"), Cancel);
        AgentEvent[] told = [new AgentMessage { Text = $"key \"{WordRedactor.Secret}\"" }, new AgentToolCall { Tool = ToolKind.Shell, Target = $"echo {WordRedactor.Secret}" }];

        await log.SaveEventsAsync(new ExecutionEvents { ExecutionId = "e1", Events = [.. told], At = Now }, Cancel);

        var kept = (await Open().ListEventsAsync("e1", Cancel))!.Events;
        Assert.Equal("key \"***\"", Assert.IsType<AgentMessage>(kept[0]).Text);
        Assert.Equal("echo ***", Assert.IsType<AgentToolCall>(kept[1]).Target);
    }

    private static ExecutionRecord Running(string id) => new() { Id = id, TaskId = "t1", Provider = "codex", Status = ExecutionStatus.Running, StartedAt = Now };

    /// <summary>Knows one secret.</summary>
    private sealed class WordRedactor : ISecretRedactor
    {
        public const string Secret = "a\"secret\u00e4word";

        public void Add(SecretValue value) => throw new NotSupportedException();

        [return: NotNullIfNotNull(nameof(text))]
        public string? Redact(string? text) => text?.Replace(Secret, "***", StringComparison.Ordinal);
    }
}
