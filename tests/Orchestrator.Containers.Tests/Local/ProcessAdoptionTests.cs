using System.Diagnostics;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Local;

/// <summary>What another engine on the same state does with what it finds.</summary>
public sealed class ProcessAdoptionTests
{
    private const string OwnerDirectory = "ORCHESTRATOR_TEST_OWNER_DIRECTORY";

    [Fact]
    public async Task Another_engine_sees_uses_stops_and_removes_what_one_started()
    {
        await using var rig = new ProcessRig();
        var labels = ValueMap.Empty.With("pool", "a");
        var id = await rig.StartAsync(ProcessRig.Specification("echo up; exec sleep 1000") with { Labels = labels, Ports = [80] });
        await rig.LinesAsync(id, 1);
        var other = rig.Open();

        var listed = Assert.Single(await other.ListAsync(labels, ProcessRig.Cancellation));
        var output = await rig.ExecuteAsync(id, "echo works", other);
        var logs = await other.ReadLogsAsync(id, 10, follow: false, ProcessRig.Cancellation).ToListAsync(ProcessRig.Cancellation);
        await other.PauseAsync(id, ProcessRig.Cancellation);
        var paused = await rig.Engine.InspectAsync(id, ProcessRig.Cancellation);
        await other.ResumeAsync(id, ProcessRig.Cancellation);
        await other.StopAsync(id, TimeSpan.FromSeconds(20), ProcessRig.Cancellation);
        var stopped = await rig.Engine.InspectAsync(id, ProcessRig.Cancellation);
        await other.RemoveAsync(id, ProcessRig.Cancellation);

        Assert.Equal((id, ContainerState.Running, 1), (listed.Id, listed.State, listed.Endpoints.Count));
        Assert.Equal("works", output[0].Text);
        Assert.Equal([new ContainerOutput("up")], logs);
        Assert.Equal((ContainerState.Paused, ContainerState.Exited), (paused!.State, stopped!.State));
        Assert.Null(await rig.Engine.InspectAsync(id, ProcessRig.Cancellation));
        Assert.Empty(Directory.GetFileSystemEntries(rig.Path));
    }

    [Fact]
    public async Task Instances_outlive_the_kill_of_their_engine_and_the_next_one_takes_them_over()
    {
        await using var rig = new ProcessRig();
        var since = TimeProvider.System.GetUtcNow();
        using var owner = StartOwner(rig.Path);
        var instances = await UntilStartedAsync(rig, since, 3);

        owner.Kill();
        await owner.WaitForExitAsync(ProcessRig.Cancellation);
        var next = rig.Open();
        var adopted = await next.ListAsync(ValueMap.Empty.With("owner", "killed"), ProcessRig.Cancellation);
        var output = await rig.ExecuteAsync(adopted[0].Id, "echo works", next);
        await rig.ExecuteAsync(adopted[1].Id, "kill -KILL $(cat pid)", next);
        var ended = await rig.UntilEndedAsync(adopted[1].Id, next);
        await next.StopAsync(adopted[2].Id, TimeSpan.FromSeconds(20), ProcessRig.Cancellation);
        await Task.WhenAll(adopted.Select(status => next.RemoveAsync(status.Id, ProcessRig.Cancellation).AsTask()));

        Assert.Equal(instances.Order(), adopted.Select(status => status.Id).Order());
        Assert.All(adopted, status => Assert.Equal(ContainerState.Running, status.State));
        Assert.Equal("works", output[0].Text);
        Assert.Null(ended.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(rig.Path));
    }

    /// <summary>Not a test of its own: what the test above runs in another process, and kills.</summary>
    [Fact(Explicit = true)]
    public async Task Owner_of_instances_until_it_is_killed()
    {
        var directory = Environment.GetEnvironmentVariable(OwnerDirectory);
        Assert.NotNull(directory);
        await using var engine = ProcessSandbox.Engine(directory);
        for (var i = 0; i < 3; i++)
        {
            var specification = ProcessRig.Specification("echo $$ > pid; echo up; exec sleep 1000", $"owned-{i}") with { Labels = ValueMap.Empty.With("owner", "killed") };
            await engine.StartAsync(await engine.CreateAsync(specification, ProcessRig.Cancellation), ProcessRig.Cancellation);
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ProcessRig.Cancellation);
    }

    [Fact]
    public async Task The_end_of_an_adopted_instance_is_noticed_as_the_clock_says_without_an_exit_code()
    {
        await using var rig = new ProcessRig();
        var id = await rig.StartAsync("echo $$; exec sleep 1000");
        var pid = int.Parse((await rig.LinesAsync(id, 1))[0], System.Globalization.CultureInfo.InvariantCulture);
        await rig.Engine.DisposeAsync();
        var clock = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        await using var next = rig.Open(clock);
        await using var events = next.WatchAsync(ValueMap.Empty, null, ProcessRig.Cancellation).GetAsyncEnumerator(ProcessRig.Cancellation);
        var ended = events.MoveNextAsync().AsTask();
        await clock.WaitForTimerAsync(2, ProcessRig.Cancellation);

        using (var program = Process.GetProcessById(pid))
        {
            program.Kill();
        }

        while (!ended.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.True(await ended);
        Assert.Equal((ContainerEventKind.Exited, id, null), (events.Current.Kind, events.Current.Id, events.Current.ExitCode));
    }

    [Fact]
    public async Task Events_of_another_engine_are_told_and_those_of_the_past_too()
    {
        await using var rig = new ProcessRig();
        var since = TimeProvider.System.GetUtcNow();
        var other = rig.Open();
        var id = await rig.StartAsync("exit 4");
        await rig.UntilEndedAsync(id);
        var kinds = new List<ContainerEventKind>();

        await foreach (var one in other.WatchAsync(ValueMap.Empty, since, ProcessRig.Cancellation))
        {
            kinds.Add(one.Kind);
            if (one.Kind == ContainerEventKind.Exited)
            {
                Assert.Equal(4, one.ExitCode);
                await rig.Engine.RemoveAsync(id, ProcessRig.Cancellation);
            }

            if (one.Kind == ContainerEventKind.Removed)
            {
                Assert.Equal(id, one.Id);
                break;
            }
        }

        Assert.Equal([ContainerEventKind.Started, ContainerEventKind.Exited, ContainerEventKind.Removed], kinds);
    }

    [Fact]
    public async Task What_a_killed_engine_left_half_done_goes_and_what_a_living_one_does_stays()
    {
        await using var rig = new ProcessRig();
        using var living = Process.GetCurrentProcess();
        var abandoned = Directory.CreateDirectory(Path.Combine(rig.Path, ".half-done-999999999-1-x"));
        var busy = Directory.CreateDirectory(Path.Combine(rig.Path, $".half-done-{living.Id}-{rig.Table.StartTimeOf(living.Id)}-x"));

        await rig.Engine.ListAsync(ValueMap.Empty, ProcessRig.Cancellation);

        Assert.False(Directory.Exists(abandoned.FullName));
        Assert.True(Directory.Exists(busy.FullName));
    }

    [Fact]
    public async Task An_instance_that_cannot_be_understood_hides_no_other_and_is_left_alone()
    {
        await using var rig = new ProcessRig();
        var id = await rig.StartAsync("exec sleep 1000");
        var broken = Path.Combine(Directory.CreateDirectory(Path.Combine(rig.Path, "broken")).FullName, "instance.json");
        await File.WriteAllTextAsync(broken, "{", ProcessRig.Cancellation);

        var listed = await rig.Engine.ListAsync(ValueMap.Empty, ProcessRig.Cancellation);

        Assert.Equal(id, Assert.Single(listed).Id);
        Assert.True(File.Exists(broken));
    }

    [Fact]
    public async Task A_disposed_engine_leaves_its_instances_running_and_starts_no_more()
    {
        await using var rig = new ProcessRig();
        var first = rig.Open();
        var id = await rig.StartAsync("exec sleep 1000", first);
        var made = await first.CreateAsync(ProcessRig.Specification("true"), ProcessRig.Cancellation);

        await first.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await first.StartAsync(made, ProcessRig.Cancellation));
        Assert.Equal(ContainerState.Running, (await rig.Engine.InspectAsync(id, ProcessRig.Cancellation))!.State);
    }

    private static Process StartOwner(string directory)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["--explicit", "only", "--no-progress", "--filter-method", $"*.{nameof(Owner_of_instances_until_it_is_killed)}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [OwnerDirectory] = directory },
        };
        return Process.Start(start)!;
    }

    /// <summary>Until so many instances were started and have printed something.</summary>
    private static async Task<List<string>> UntilStartedAsync(ProcessRig rig, DateTimeOffset since, int count)
    {
        var started = new List<string>();
        await foreach (var one in rig.Engine.WatchAsync(ValueMap.Empty, since, ProcessRig.Cancellation))
        {
            if (one.Kind == ContainerEventKind.Started)
            {
                await rig.LinesAsync(one.Id, 1);
                started.Add(one.Id);
            }

            if (started.Count == count)
            {
                break;
            }
        }

        return started;
    }
}
