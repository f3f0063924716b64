using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Containers;
using Orchestrator.Json;
using Orchestrator.Testing;
using Xunit.Sdk;

namespace Orchestrator.Cli.Tests.Commands.Containers;

/// <summary><c>orchestrator containers</c> on what hosts told and what they answer.</summary>
public sealed class ContainersCommandsTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly CommandRunner _run;

    public ContainersCommandsTests() => _run = new CommandRunner { Time = _clock };

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Pools_are_listed_with_their_instances_and_a_silent_host_shows_how_long_it_is_silent()
    {
        await TellAsync("w1", Status("agents"), TimeSpan.FromMinutes(3));
        await TellAsync("w2", Status("browsers"), TimeSpan.Zero);
        await TellAsync("w3", null, TimeSpan.Zero);

        var json = await _run.JsonAsync(0, "containers", "list");
        var words = await _run.WordsAsync(0, "containers", "list");
        var one = await _run.JsonAsync(0, "containers", "list", "AGENTS");

        Assert.Equal([("agents", true), ("browsers", false)], json.Select(line => line.GetProperty("pool")).Select(pool => (Name(pool), pool.GetProperty("is_stale").GetBoolean())));
        Assert.Equal("crash_loop", json[0].GetProperty("pool").GetProperty("status").GetProperty("instances")[1].GetProperty("state").GetString());
        Assert.Equal("agents", Name(Assert.Single(one).GetProperty("pool")));
        Assert.Contains("no host runs it: told 3 min ago", words, StringComparison.Ordinal);
        Assert.Contains("1 of 2 serve, 4 wait  0.50 (0.25 idle) USD  worker w2  1 of 2 take leases.", words, StringComparison.Ordinal);
        Assert.Contains("browsers-2                     crash_loop 0 leases  7 restarts", words, StringComparison.Ordinal);
        Assert.Contains("bad·[2J", words, StringComparison.Ordinal);

        static string? Name(JsonElement pool) => pool.GetProperty("status").GetProperty("pool").GetString();
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"pool":"agents","instances":[{"name":"agents-1","state":"melted"}]}""")]
    public async Task A_status_that_cannot_be_read_is_told_and_keeps_nobody_from_the_other_pools(string value)
    {
        await TellAsync("w1", "agents", value, TimeSpan.Zero);
        await TellAsync("w2", Status("browsers"), TimeSpan.Zero);

        var json = await _run.JsonAsync(0, "containers", "list");

        Assert.Equal(["agents", "browsers"], json.Select(line => line.GetProperty("pool").GetProperty("status").GetProperty("pool").GetString()));
        Assert.Contains("agents", await _run.WordsAsync(0, "containers", "list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pool_that_nobody_tells_of_is_an_error_that_lists_the_known_ones()
    {
        Assert.Contains("There is no pool x; no host has told of any", await ErrorAsync(1, "containers", "list", "x"), StringComparison.Ordinal);
        await TellAsync("w1", Status("agents"), TimeSpan.Zero);

        Assert.Contains("There is no pool x; known: agents.", await ErrorAsync(1, "containers", "scale", "x", "1"), StringComparison.Ordinal);
        Assert.Contains("There is no instance agents-9", await ErrorAsync(1, "containers", "drain", "agents-9"), StringComparison.Ordinal);
        Assert.Contains("There is no instance agents-9", await ErrorAsync(1, "containers", "logs", "agents-9"), StringComparison.Ordinal);
        Assert.Contains("instances", await ErrorAsync(2, "containers", "scale", "agents", "-1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_asked_of_a_host_that_is_away()
    {
        await TellAsync("w1", Status("agents"), TimeSpan.FromHours(5));

        Assert.Contains("No host runs pool agents now: worker w1 told of it last, 5 h ago.", await ErrorAsync(1, "containers", "scale", "agents", "1"), StringComparison.Ordinal);
        Assert.Contains("No host runs instance agents-1 now", await ErrorAsync(1, "containers", "restart", "agents-1"), StringComparison.Ordinal);
        Assert.Equal(0, await RequestsAsync());
    }

    [Fact]
    public async Task Which_of_several_hosts_is_meant_has_to_be_said()
    {
        await TellAsync("w1", Status("agents"), TimeSpan.Zero);
        await TellAsync("w2", Status("agents"), TimeSpan.Zero);

        Assert.Contains("Several hosts have pool agents: w1, w2. Say which with --worker", await ErrorAsync(1, "containers", "scale", "agents", "1"), StringComparison.Ordinal);
        Assert.Contains("Worker w3 has told nothing of pool agents; these have: w1, w2.", await ErrorAsync(1, "containers", "scale", "agents", "1", "--worker", "w3"), StringComparison.Ordinal);
        Assert.Equal(0, await RequestsAsync());
        var answered = AnswerAsync("w2", PoolRequestState.Done);
        Assert.Equal("w2", (await _run.JsonAsync(0, "containers", "scale", "agents", "1", "--worker", "w2"))[0].GetProperty("pool_request").GetProperty("worker_name").GetString());
        await answered;
    }

    [Theory]
    [InlineData("scale agents 3", "scale", 3, null, "pool agents: shall have 3 instances.")]
    [InlineData("weight agents-2 2.5", "weight", null, "agents-2", "instance agents-2: weighs 2.5.", 2.5)]
    [InlineData("restart agents-2", "restart", null, "agents-2", "instance agents-2: is replaced.")]
    [InlineData("drain agents-1", "drain", null, "agents-1", "instance agents-1: takes no new leases.")]
    public async Task What_the_host_did_is_told(string command, string kind, int? instances, string? instance, string message, double? weight = null)
    {
        await TellAsync("w1", Status("agents"), TimeSpan.Zero);

        var answered = AnswerAsync("w1", PoolRequestState.Done);
        var line = Assert.Single(await _run.JsonAsync(0, ["containers", .. command.Split(' ')]));

        var request = await answered;
        Assert.Equal((kind, instances, instance, weight), (request.Kind.ToName(), request.Instances, request.Instance, request.Weight));
        Assert.Equal(message, line.GetProperty("message").GetString());
        Assert.Equal("done", line.GetProperty("pool_request").GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1000.5")]
    [InlineData("NaN")]
    public async Task A_weight_that_cannot_be_is_refused_before_anybody_is_asked(string weight)
    {
        await TellAsync("w1", Status("agents"), TimeSpan.Zero);

        Assert.Contains("Weight", await ErrorAsync(2, "containers", "weight", "agents-1", weight), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, await RequestsAsync());
    }

    [Fact]
    public async Task What_the_host_refused_is_an_error_with_its_reason()
    {
        await TellAsync("w1", Status("agents"), TimeSpan.Zero);

        var answered = AnswerAsync("w1", PoolRequestState.Refused, "Too many.");

        Assert.Equal("Worker w1 refused: Too many.", await ErrorAsync(1, "containers", "scale", "agents", "9"));
        await answered;
    }

    [Fact]
    public async Task A_request_that_no_host_takes_in_time_fails_and_never_happens()
    {
        await TellAsync("w1", Status("agents"), TimeSpan.Zero);

        var error = ErrorAsync(1, "containers", "scale", "agents", "3", "--timeout", "10s");
        await _clock.WaitForTimerAsync(1, CommandRunner.Cancel);
        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Contains("Worker w1 did not take it in 10 s; it will not be done any more.", await error, StringComparison.Ordinal);
        Assert.Equal(0, await RequestsAsync());
    }

    [Fact]
    public async Task A_host_that_took_it_and_fell_silent_may_have_done_it()
    {
        await TellAsync("w1", Status("agents"), TimeSpan.Zero);

        var error = ErrorAsync(1, "containers", "scale", "agents", "3", "--timeout", "10s");
        await _clock.WaitForTimerAsync(1, CommandRunner.Cancel);
        Assert.Equal(1, await RequestsAsync());
        _clock.Advance(TimeSpan.FromSeconds(15));

        Assert.Contains("Worker w1 has taken it and not said what came of it; it may be done.", await error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Top_shows_a_table_once_or_a_line_of_all_pools()
    {
        Assert.Contains("No host tells of a pool.", await _run.WordsAsync(0, "containers", "top", "--once"), StringComparison.Ordinal);
        await TellAsync("w1", Status("agents"), TimeSpan.Zero);

        var words = await _run.WordsAsync(0, "containers", "top", "--once");
        var json = Assert.Single(await _run.JsonAsync(0, "containers", "top", "--once"));

        Assert.Equal(
            ["POOL / INSTANCE", "agents @ w1", "agents-1", "agents-2"],
            words.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim().Split("  ", 2)[0]));
        Assert.Contains("1:00:05", words, StringComparison.Ordinal);
        Assert.Equal(("pools", 1), (json.GetProperty("type").GetString(), json.GetProperty("pools").GetArrayLength()));
        Assert.Contains("interval", await ErrorAsync(2, "containers", "top", "--interval", "1ms"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instance_that_no_engine_of_this_machine_has_shows_no_log()
    {
        await TellAsync("w1", Status("agents"), TimeSpan.Zero);

        var line = (await _run.JsonAsync(1, "containers", "logs", "agents-1"))[0];

        Assert.Contains("No engine of this machine has instance agents-1: its log is on the machine of worker w1", line.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains(line.GetProperty("details").EnumerateArray(), detail => detail.GetString()!.StartsWith("process: ", StringComparison.Ordinal));
        Assert.Contains("is being made", await ErrorAsync(1, "containers", "logs", "agents-2"), StringComparison.Ordinal);
    }

    private PoolStatus Status(string pool) => new()
    {
        Pool = pool,
        Desired = 2,
        Waiting = 4,
        CostUsd = 0.5m,
        IdleCostUsd = 0.25m,
        Problem = "1 of 2 take leases.",
        Instances =
        [
            new InstanceStatus { Name = $"{pool}-1", State = InstanceState.Ready, Leases = 1, EngineId = "no-such-instance", StartedAt = _clock.GetUtcNow().AddSeconds(-3605) },
            new InstanceStatus { Name = $"{pool}-2", State = InstanceState.CrashLoop, Restarts = 7, Reason = "bad\u001b[2J" },
        ],
    };

    private Task TellAsync(string worker, PoolStatus? status, TimeSpan ago) =>
        TellAsync(worker, status?.Pool ?? "gone", status is null ? null : OrchestratorJson.Write(status, OrchestratorJsonContext.Default.PoolStatus), ago);

    private async Task TellAsync(string worker, string pool, string? value, TimeSpan ago)
    {
        await using var host = await _run.HostAsync();
        await host.Services.GetRequiredService<IContainerPoolState>().SetAsync(
            new PoolStateEntry
            {
                Pool = pool,
                WorkerName = worker,
                Key = PoolStateEntry.StatusKey,
                Value = value,
                At = _clock.GetUtcNow() - ago,
            },
            CommandRunner.Cancel);
    }

    /// <summary>How many requests a host of w1 takes now.</summary>
    private async Task<int> RequestsAsync()
    {
        await using var host = await _run.HostAsync();
        return (await host.Services.GetRequiredService<IContainerPoolState>().TakeRequestsAsync("w1", _clock.GetUtcNow(), CommandRunner.Cancel)).Count;
    }

    /// <summary>A host that takes one request once the command waits for it.</summary>
    private async Task<PoolRequest> AnswerAsync(string worker, PoolRequestState outcome, string? message = null)
    {
        await using var host = await _run.HostAsync();
        var state = host.Services.GetRequiredService<IContainerPoolState>();
        await _clock.WaitForTimerAsync(1, CommandRunner.Cancel);
        var request = Assert.Single(await state.TakeRequestsAsync(worker, _clock.GetUtcNow(), CommandRunner.Cancel));
        Assert.True(await state.EndRequestAsync(request.Id, outcome, message, _clock.GetUtcNow(), CommandRunner.Cancel));
        _clock.Advance(TimeSpan.FromSeconds(1));
        return request;
    }

    private async Task<string> ErrorAsync(int exitCode, params string[] arguments) =>
        (await _run.JsonAsync(exitCode, arguments))[^1].GetProperty("error").GetString() ?? throw new XunitException("There is no error.");
}
