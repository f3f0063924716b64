using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Executions;
using Orchestrator.Providers;
using Orchestrator.Queue;

namespace Orchestrator.Cli.Tests.Commands;

/// <summary><c>orchestrator tasks executions</c>: which agents worked on a task, and what they said and did.</summary>
public sealed class ExecutionsCommandTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly CommandRunner _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Executions_are_shown_with_how_they_ended_and_with_their_events_when_asked_for()
    {
        await SaveAsync(
            new AgentStarted { At = Start, Model = "m1" },
            new AgentMessage { At = Start, Text = "half\u001b[2J way" },
            new AgentToolCall { At = Start, Tool = ToolKind.Edit, Target = "a.txt", Succeeded = true },
            new AgentFailed { At = Start, Failure = new AgentFailure { Class = FailureClass.RateLimited, Message = "Later." } });

        var plain = await _run.JsonAsync(0, "tasks", "executions", "a");
        var all = await _run.JsonAsync(0, "tasks", "executions", "a", "--events");
        var words = await _run.WordsAsync(0, "tasks", "executions", "a", "--events");

        var execution = Assert.Single(plain).GetProperty("execution");
        Assert.Equal(("codex", "failed", 0.25m), (execution.GetProperty("provider").GetString(), execution.GetProperty("status").GetString(), execution.GetProperty("cost_usd").GetDecimal()));
        Assert.Equal(["execution", "execution_event", "execution_event", "execution_event", "execution_event", "omitted"], all.Select(line => line.GetProperty("type").GetString()));
        Assert.Equal(
            ["started", "message", "tool_call", "failed"],
            all.Skip(1).SkipLast(1).Select(line => line.GetProperty("execution_event").GetProperty("event").GetProperty("kind").GetString()));
        Assert.Equal(7, all[^1].GetProperty("omitted").GetInt64());
        Assert.Contains("failed     codex", words, StringComparison.Ordinal);
        Assert.Contains("90.0 s  tokens 10 in, 2 out  0.25 USD", words, StringComparison.Ordinal);
        Assert.Contains("half·[2J way", words, StringComparison.Ordinal);
        Assert.Contains("edit: a.txt done", words, StringComparison.Ordinal);
        Assert.Contains("failed, rate_limited: Later.", words, StringComparison.Ordinal);
        Assert.Contains("7 events between", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_nobody_worked_on_has_none_and_one_that_is_not_there_is_an_error()
    {
        await EnqueueAsync();

        Assert.Empty(await _run.JsonAsync(0, "tasks", "executions", "a", "--events"));
        Assert.Contains("There is no task nobody", (await _run.JsonAsync(1, "tasks", "executions", "nobody"))[0].GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private async Task EnqueueAsync()
    {
        await using var host = await _run.HostAsync();
        await host.Services.GetRequiredService<ITaskQueue>().EnqueueAsync(new TaskSubmission { Id = "a", Type = "test", Payload = "{}" }, CommandRunner.Cancel);
    }

    private async Task SaveAsync(params AgentEvent[] events)
    {
        await EnqueueAsync();
        await using var host = await _run.HostAsync();
        var log = host.Services.GetRequiredService<IExecutionLog>();
        await log.SaveAsync(
            new ExecutionRecord
            {
                Id = "e1",
                TaskId = "a",
                Provider = "codex",
                Status = ExecutionStatus.Failed,
                StartedAt = Start,
                FinishedAt = Start.AddSeconds(90),
                Usage = new TokenUsage { InputTokens = 10, OutputTokens = 2 },
                CostUsd = 0.25m,
                Failure = new AgentFailure { Class = FailureClass.RateLimited, Message = "Later." },
            },
            CommandRunner.Cancel);
        await log.SaveEventsAsync(new ExecutionEvents { ExecutionId = "e1", Events = [.. events], Omitted = 7, At = Start }, CommandRunner.Cancel);
    }
}
