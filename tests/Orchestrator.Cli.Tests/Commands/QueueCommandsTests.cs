using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Commands;
using Orchestrator.Queue;

namespace Orchestrator.Cli.Tests.Commands;

public sealed class QueueCommandsTests : IDisposable
{
    private readonly CommandRunner _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Tasks_are_listed_by_filter_and_reprioritized()
    {
        await EnqueueAsync(Task("a"), Task("b") with { Queue = "other", Group = "g" });

        Assert.Equal(["b"], Ids(await _run.JsonAsync(0, "tasks", "list", "--queue", "other", "--state-of", "available", "--group", "g", "--type", "test")));
        await _run.JsonAsync(0, "tasks", "reprioritize", "a", "7");

        Assert.Equal(7, (await _run.JsonAsync(0, "tasks", "show", "a"))[0].GetProperty("task").GetProperty("priority").GetInt32());
    }

    [Fact]
    public async Task The_log_the_attempts_and_the_reasons_of_a_task_are_shown()
    {
        await EnqueueAsync(Task("a"));
        await using (var host = await _run.HostAsync())
        {
            var leases = host.Services.GetRequiredService<ITaskLeases>();
            var worker = host.Services.GetRequiredService<WorkerIdentity>();
            var lease = (await leases.LeaseAsync(new LeaseRequest { Worker = worker }, CommandRunner.Cancel)).Single();
            await leases.ReportAsync(lease.Token, null, [new TaskLogLine { Text = "half\u001b[2J way" }], CommandRunner.Cancel);
            await leases.FailAsync(lease.Token, new TaskFailure { Code = "oops", Message = "It did not work." }, cancellationToken: CommandRunner.Cancel);
        }

        Assert.Contains("half·[2J way", await _run.WordsAsync(0, "tasks", "log", "a"), StringComparison.Ordinal);
        Assert.Contains("It did not work.", await _run.WordsAsync(0, "tasks", "attempts", "a"), StringComparison.Ordinal);
        Assert.Equal("half\u001b[2J way", (await _run.JsonAsync(0, "tasks", "log", "a"))[0].GetProperty("log_line").GetProperty("text").GetString());
        Assert.Equal("failed", (await _run.JsonAsync(0, "tasks", "attempts", "a"))[0].GetProperty("attempt").GetProperty("outcome").GetString());
        Assert.Equal("not_waiting", (await _run.JsonAsync(0, "tasks", "explain", "a"))[0].GetProperty("wait").GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("log")]
    [InlineData("attempts")]
    [InlineData("explain")]
    [InlineData("cancel")]
    public async Task A_task_that_is_not_there_is_an_error_of_the_command(string command) =>
        Assert.Contains("There is no task nobody", (await _run.JsonAsync(1, "tasks", command, "nobody"))[0].GetProperty("error").GetString(), StringComparison.Ordinal);

    [Fact]
    public async Task A_queue_is_paused_resumed_drained_and_listed()
    {
        await EnqueueAsync(Task("a"));

        await _run.JsonAsync(0, "queue", "pause", "default");
        Assert.Equal("queue_paused", (await _run.JsonAsync(0, "tasks", "explain", "a"))[0].GetProperty("wait").GetProperty("reason").GetString());
        Assert.Contains("1 available  paused", await _run.WordsAsync(0, "queue", "list"), StringComparison.Ordinal);
        await _run.JsonAsync(0, "queue", "resume", "default");
        Assert.DoesNotContain("paused", await _run.WordsAsync(0, "queue", "list"), StringComparison.Ordinal);
        await _run.JsonAsync(0, "queue", "drain", "default", "--patience", "0s");

        Assert.True((await _run.JsonAsync(0, "queue", "list"))[0].GetProperty("queue").GetProperty("settings").GetProperty("is_paused").GetBoolean());
    }

    [Fact]
    public async Task Statistics_are_counted_by_state()
    {
        await EnqueueAsync(Task("a"), Task("b"), Task("c") with { Queue = "other" });
        await _run.JsonAsync(0, "tasks", "cancel", "a");

        var all = (await _run.JsonAsync(0, "queue", "stats"))[0].GetProperty("statistics");
        var one = (await _run.JsonAsync(0, "queue", "stats", "default"))[0].GetProperty("statistics");

        Assert.Equal((2, 1), (all.GetProperty("available").GetInt32(), all.GetProperty("cancelled").GetInt32()));
        Assert.Equal((1, 1), (one.GetProperty("available").GetInt32(), one.GetProperty("cancelled").GetInt32()));
        Assert.Contains("available             2", await _run.WordsAsync(0, "queue", "stats"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_are_set_one_by_one_and_lifted()
    {
        await _run.JsonAsync(0, "queue", "limit", "default", "--max-running", "3", "--rate", "10/s", "--burst", "2");
        await _run.JsonAsync(0, "queue", "limit", "default", "--max-running-per-group", "1");
        await _run.JsonAsync(0, "queue", "limit", "default", "--max-running", "none");
        await _run.JsonAsync(0, "queue", "limit", "default", "--group", "tenant", "--max-running", "2", "--rate", "none", "--weight", "5");

        await using var host = await _run.HostAsync();
        var queue = (await host.Services.GetRequiredService<ITaskAdministration>().GetQueuesAsync(CommandRunner.Cancel)).Single();
        Assert.Equal(new QueueSettings { Queue = "default", MaxRunningPerGroup = 1, RatePerGroup = new RateLimit(10, TimeSpan.FromSeconds(1), 2) }, queue.Settings);
    }

    [Theory]
    [InlineData("100/m", 100, 60)]
    [InlineData("5/00:00:30", 5, 30)]
    [InlineData("1/d", 1, 86_400)]
    [InlineData("7/90s", 7, 90)]
    public void A_rate_is_read(string text, int count, int seconds) => Assert.Equal(new RateLimit(count, TimeSpan.FromSeconds(seconds)), QueueLimitCommand.Rate(text, burst: null));

    [Theory]
    [InlineData("--rate", "fast")]
    [InlineData("--rate", "10/0")]
    [InlineData("--rate", "1/2/3")]
    [InlineData("--max-running", "many")]
    [InlineData("--max-running", "0")]
    [InlineData("--rate", "10/30")]
    [InlineData("--rate", "10/")]
    [InlineData]
    [InlineData("--max-running", "2", "--weight", "5")]
    [InlineData("--max-running", "2", "--burst", "5")]
    [InlineData("--rate", "none", "--burst", "5")]
    [InlineData("--group", "tenant", "--max-running", "2")]
    [InlineData("--group", "tenant", "--rate", "10/s", "--weight", "2")]
    [InlineData("--group", "tenant", "--max-running", "2", "--rate", "none", "--weight", "0")]
    [InlineData("--group", "tenant", "--max-running", "2", "--rate", "none", "--burst", "2", "--weight", "1")]
    [InlineData("--group", "tenant", "--max-running", "2", "--rate", "10/s", "--weight", "1", "--max-running-per-group", "2")]
    public async Task A_wrong_limit_is_a_usage_error_and_changes_nothing(params string[] arguments)
    {
        await _run.JsonAsync(2, ["queue", "limit", "default", .. arguments]);

        Assert.Empty(await _run.JsonAsync(0, "queue", "list"));
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("drain")]
    public async Task A_queue_that_nobody_knows_is_refused_with_those_that_are_known(string command)
    {
        await EnqueueAsync(Task("a"), Task("b") with { Queue = "other" });

        var error = (await _run.JsonAsync(1, "queue", command, "defualt"))[0].GetProperty("error").GetString();

        Assert.Contains("There is no queue defualt; known: default, other", error, StringComparison.Ordinal);
        Assert.Equal(2, (await _run.JsonAsync(0, "queue", "list")).Count);
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("drain")]
    public async Task A_queue_that_is_to_come_may_be_paused(string command)
    {
        await _run.JsonAsync(0, "queue", command, "new", "--create");

        Assert.True((await _run.JsonAsync(0, "queue", "list"))[0].GetProperty("queue").GetProperty("settings").GetProperty("is_paused").GetBoolean());
    }

    [Theory]
    [InlineData("30")]
    [InlineData("-30s")]
    [InlineData("10:30")]
    [InlineData("1x")]
    [InlineData("s")]
    public async Task A_time_without_a_unit_is_a_usage_error(string time)
    {
        await EnqueueAsync(Task("a"));

        Assert.Contains("30s, 5m, 2h, 1d or hh:mm:ss", string.Join(' ', (await _run.JsonAsync(2, "queue", "drain", "default", "--patience", time)).Select(line => line.ToString())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dead_tasks_are_listed_replayed_by_id_and_by_filter_and_deleted()
    {
        await KillAsync(("a", "x", "oops"), ("b", "x", "oops"), ("c", "y", "oops"), ("d", "y", "other"));

        Assert.Equal(["d", "c", "b", "a"], Ids(await _run.JsonAsync(0, "dead", "list")));
        await _run.JsonAsync(0, "dead", "replay", "a");
        await _run.JsonAsync(0, "dead", "replay", "--type", "y", "--failure", "oops");
        Assert.Equal(["d", "b"], Ids(await _run.JsonAsync(0, "dead", "list")));
        await _run.JsonAsync(0, "dead", "discard", "b");
        await _run.JsonAsync(0, "dead", "discard", "--all");

        Assert.Empty(await _run.JsonAsync(0, "dead", "list"));
        Assert.Equal(["c", "a"], Ids(await _run.JsonAsync(0, "tasks", "list")));
    }

    [Fact]
    public async Task Only_dead_tasks_are_replayed_or_deleted()
    {
        await EnqueueAsync(Task("alive"));
        await KillAsync(("dead", "x", "oops"));

        Assert.Equal("alive", (await _run.JsonAsync(1, "dead", "discard", "alive", "dead"))[^1].GetProperty("details")[0].GetString());
        Assert.Equal(["alive"], Ids(await _run.JsonAsync(0, "tasks", "list")));
    }

    [Theory]
    [InlineData("replay")]
    [InlineData("discard")]
    [InlineData("discard", "a", "--all")]
    [InlineData("replay", "--limit", "0", "--all")]
    public async Task Which_dead_tasks_are_meant_must_be_said(params string[] arguments) => await _run.JsonAsync(2, ["dead", .. arguments]);

    [Theory]
    [InlineData("--all")]
    [InlineData("--limit", "2", "--type", "x")]
    public async Task What_a_replay_leaves_is_told_and_nobody_is_asked_to_run_it_again(params string[] arguments)
    {
        await KillAsync(("a", "x", "oops"), ("b", "x", "oops"));
        await EnqueueAsync(Task("holder") with { DeduplicationKey = "key-a" }, Task("holder-b") with { DeduplicationKey = "key-b" });

        var stuck = await _run.JsonAsync(1, ["dead", "replay", .. arguments]);

        Assert.StartsWith("2 tasks: 0 done, 2 left", stuck[^1].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("run it again", stuck[^1].GetProperty("error").GetString(), StringComparison.Ordinal);
        await _run.JsonAsync(0, "tasks", "cancel", "holder");
        var half = await _run.JsonAsync(1, ["dead", "replay", .. arguments]);
        Assert.Equal("a", half[0].GetProperty("message").GetString());
        Assert.Contains("2 tasks: 1 done, 1 left", half[^1].GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_changes_the_oldest_first()
    {
        await KillAsync(("a", "x", "oops"), ("b", "x", "oops"), ("c", "x", "oops"));

        Assert.Equal(["a", "b"], (await _run.JsonAsync(0, "dead", "replay", "--all")).Take(2).Select(line => line.GetProperty("message").GetString()));
    }

    private static IEnumerable<string?> Ids(IEnumerable<System.Text.Json.JsonElement> lines) => lines.Select(line => line.GetProperty("task").GetProperty("id").GetString());

    private static TaskSubmission Task(string id) => new() { Id = id, Type = "test", Payload = "1" };

    private async Task EnqueueAsync(params TaskSubmission[] tasks)
    {
        await using var host = await _run.HostAsync();
        await host.Services.GetRequiredService<ITaskQueue>().EnqueueAsync([.. tasks], CommandRunner.Cancel);
    }

    private async Task KillAsync(params (string Id, string Type, string Failure)[] tasks)
    {
        await using var host = await _run.HostAsync();
        var leases = host.Services.GetRequiredService<ITaskLeases>();
        foreach (var (id, type, failure) in tasks)
        {
            await host.Services.GetRequiredService<ITaskQueue>().EnqueueAsync(Task(id) with { Type = type, DeduplicationKey = $"key-{id}" }, CommandRunner.Cancel);
            var lease = (await leases.LeaseAsync(new LeaseRequest { Worker = host.Services.GetRequiredService<WorkerIdentity>(), TaskId = id }, CommandRunner.Cancel)).Single();
            await leases.FailAsync(lease.Token, new TaskFailure { Code = failure, Message = "It did not work." }, cancellationToken: CommandRunner.Cancel);
        }
    }
}
