using Orchestrator.Cli.Commands.Containers;
using Orchestrator.Cli.Output;
using Orchestrator.Containers;
using Orchestrator.Testing;

namespace Orchestrator.Cli.Tests.Commands.Containers;

/// <summary>Asking engines what instances use, on a manual clock and the test's own thread.</summary>
public sealed class InstanceUsagesTests
{
    private const long Memory = 64 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly ManualTimeProvider _clock = new();
    private readonly UsageEngine _docker = new("docker");
    private readonly UsageEngine _process = new("process");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_look_tells_memory_and_processes_and_the_second_the_share_of_a_core_too()
    {
        await using var usages = Open();
        _docker.Instances["a"] = () => new ContainerUsage(1.5 * (_clock.GetUtcNow() - ManualTimeProvider.DefaultStart), Memory, 3);

        await usages.LookAsync(["a"], Patience, Cancel);
        var first = usages.Line("agents-1", "a");
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        await usages.LookAsync(["a"], Patience, Cancel);

        Assert.Equal(new InstanceUsageLine("agents-1", null, Memory, 3), first);
        Assert.Equal(new InstanceUsageLine("agents-1", 150, Memory, 3), usages.Line("agents-1", "a"));
        Assert.Equal(InstanceUsageLine.Unknown("agents-2"), usages.Line("agents-2", null));
    }

    [Fact]
    public async Task Processor_time_that_shrinks_tells_nothing_and_an_instance_that_ended_uses_nothing()
    {
        await using var usages = Open();
        var used = new Queue<ContainerUsage?>([new(TimeSpan.FromSeconds(9), Memory, 2), new(TimeSpan.FromSeconds(1), Memory, 1), null]);
        _docker.Instances["a"] = used.Dequeue;

        await LookAsync(usages, "a");
        await LookAsync(usages, "a");
        var shrunk = usages.Line("a", "a");
        await LookAsync(usages, "a");

        Assert.Equal(new InstanceUsageLine("a", null, Memory, 1), shrunk);
        Assert.Equal(InstanceUsageLine.Unknown("a"), usages.Line("a", "a"));
    }

    [Fact]
    public async Task An_id_that_no_engine_can_have_takes_nothing_from_the_instances_beside_it()
    {
        await using var usages = Open();
        _docker.Instances["a"] = static () => new ContainerUsage(TimeSpan.Zero, Memory, 1);
        _docker.Before = static (_, id, _) => id.Length == 0 ? throw new ArgumentException("An engine takes no empty id.", nameof(id)) : Task.CompletedTask;

        await usages.LookAsync(["", "a"], Patience, Cancel);

        Assert.Equal((null, Memory), (usages.Line("none", "").MemoryBytes, usages.Line("a", "a").MemoryBytes));
    }

    [Fact]
    public async Task The_engine_that_has_an_instance_is_remembered_and_one_that_none_has_is_sought_again_after_a_while()
    {
        await using var usages = Open();
        _process.Instances["a"] = static () => new ContainerUsage(TimeSpan.Zero, Memory, 1);

        for (var second = 0; second < 10; second++)
        {
            await LookAsync(usages, "a", "elsewhere");
        }

        Assert.Equal(["inspect a", "inspect elsewhere"], _docker.Calls);
        Assert.Equal(["inspect a", "inspect elsewhere"], _process.Calls.Distinct().Where(static call => call.StartsWith("inspect", StringComparison.Ordinal)));
        Assert.Equal(10, _process.Calls.Count(static call => call == "usage a"));
        await LookAsync(usages, "a", "elsewhere");
        Assert.Equal(2, _docker.Calls.Count(static call => call == "inspect elsewhere"));
    }

    [Fact]
    public async Task An_engine_that_hangs_is_waited_for_no_longer_than_there_is_patience()
    {
        await using var usages = Open();
        _docker.Before = static (_, _, _) => new TaskCompletionSource().Task; // Deaf, too.
        _process.Instances["a"] = static () => new ContainerUsage(TimeSpan.Zero, Memory, 1);

        var looking = usages.LookAsync(["a"], Patience, Cancel);
        var isWaiting = !looking.IsCompleted;
        _clock.Advance(Patience);
        await looking;
        var meanwhile = usages.Line("a", "a");
        _clock.Advance(AskedEngine.Limit);
        await usages.LookAsync(["a"], Patience, Cancel);

        Assert.True(isWaiting);
        Assert.Equal(InstanceUsageLine.Unknown("a"), meanwhile);
        Assert.Equal(new InstanceUsageLine("a", null, Memory, 1), usages.Line("a", "a") with { ProcessorPercent = null });
        Assert.Equal(["inspect a"], _docker.Calls);
    }

    [Fact]
    public async Task At_most_eight_instances_are_asked_for_at_once()
    {
        await using var usages = Open();
        var gate = new TaskCompletionSource();
        _docker.Before = (_, _, _) => gate.Task;
        string[] ids = [.. Enumerable.Range(0, 20).Select(static id => $"i{id}")];
        foreach (var id in ids)
        {
            _docker.Instances[id] = static () => new ContainerUsage(TimeSpan.Zero, Memory, 1);
        }

        var looking = usages.LookAsync(ids, Patience, Cancel);
        var atOnce = _docker.Calls.Count;
        gate.SetResult();
        await looking;

        Assert.Equal(8, atOnce);
        Assert.All(ids, id => Assert.Equal(Memory, usages.Line(id, id).MemoryBytes));
    }

    [Fact]
    public async Task An_engine_that_answers_nobody_is_left_alone_for_a_while()
    {
        await using var usages = Open();
        _docker.Before = static (_, _, _) => throw new OrchestratorException("scripted.away", "The engine is away.");
        string[] ids = ["a", "b", "c", "d", "e"];
        foreach (var id in ids)
        {
            _process.Instances[id] = static () => new ContainerUsage(TimeSpan.Zero, Memory, 1);
        }

        await usages.LookAsync(ids, Patience, Cancel);
        var asked = _docker.Calls.Count;
        await usages.LookAsync([.. ids, "f"], Patience, Cancel);
        var askedAgain = _docker.Calls.Count;
        _clock.Advance(AskedEngine.Rest);
        await usages.LookAsync([.. ids, "f"], Patience, Cancel);

        Assert.Equal((3, 3, 4), (asked, askedAgain, _docker.Calls.Count));
        Assert.All(ids, id => Assert.Equal(Memory, usages.Line(id, id).MemoryBytes));
    }

    [Fact]
    public async Task One_instance_that_hangs_hides_no_other()
    {
        await using var usages = Open();
        foreach (var id in (string[])["a", "b"])
        {
            _docker.Instances[id] = static () => new ContainerUsage(TimeSpan.Zero, Memory, 1);
        }

        _docker.Before = static (call, id, cancellationToken) => (call, id) == ("usage", "a") ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken) : Task.CompletedTask;
        for (var look = 0; look < 5; look++)
        {
            var looking = usages.LookAsync(["a", "b"], Patience, Cancel);
            _clock.Advance(TimeSpan.FromSeconds(4));
            await looking;
        }

        Assert.Equal(InstanceUsageLine.Unknown("a"), usages.Line("a", "a"));
        Assert.Equal(5, _docker.Calls.Count(static call => call == "usage b"));
        Assert.Equal(2, _docker.Calls.Count(static call => call == "usage a"));
    }

    [Fact]
    public async Task What_was_told_too_long_ago_is_not_shown_and_what_is_gone_is_forgotten()
    {
        await using var usages = Open();
        _docker.Instances["a"] = static () => new ContainerUsage(TimeSpan.Zero, Memory, 1);
        await LookAsync(usages, "a");

        _docker.Before = static (_, _, _) => throw new OrchestratorException("scripted.away", "The engine is away.");
        _clock.Advance(TimeSpan.FromSeconds(8));
        await LookAsync(usages, "a");
        var recent = usages.Line("a", "a");
        _clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(Memory, recent.MemoryBytes);
        Assert.Equal(InstanceUsageLine.Unknown("a"), usages.Line("a", "a"));
        await LookAsync(usages);
        _docker.Before = static (_, _, _) => Task.CompletedTask;
        await LookAsync(usages, "a");
        Assert.Equal(2, _docker.Calls.Count(static call => call == "inspect a"));
    }

    private InstanceUsages Open() => new([_docker, _process], _clock, static work => work());

    /// <summary>A look, and a second.</summary>
    private async Task LookAsync(InstanceUsages usages, params string[] ids)
    {
        await usages.LookAsync(ids, Patience, Cancel);
        _clock.Advance(TimeSpan.FromSeconds(1));
    }
}
