using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Containers.Local.Processes;
using Orchestrator.Containers.Local.State;

namespace Orchestrator.Containers.Local;

/// <summary>Whom the engine kills and freezes, and whom not.</summary>
public sealed class ProcessTreeTests
{
    // A daemon in a session of its own whose parent is gone; another that has wiped its environment too but stays in the program's session.
    private const string Daemons = "(setsid sleep 1000 & echo $!); (env -i /bin/sleep 1000 & echo $!); ";

    [Fact]
    public async Task Stopping_ends_daemons_too()
    {
        await using var rig = new ProcessRig();
        var id = await rig.StartAsync(Daemons + "exec sleep 1000");
        var daemons = await rig.LinesAsync(id, 2);
        Assert.All(daemons, pid => Assert.True(rig.IsAlive(pid)));

        await rig.Engine.StopAsync(id, TimeSpan.FromSeconds(20), ProcessRig.Cancellation);

        Assert.All(daemons, pid => Assert.False(rig.IsAlive(pid)));
    }

    [Fact]
    public async Task Nothing_outlives_a_program_that_ends_by_itself()
    {
        await using var rig = new ProcessRig();
        var id = await rig.StartAsync(Daemons + "exit 6");

        var ended = await rig.UntilEndedAsync(id);

        Assert.Equal(6, ended.ExitCode);
        Assert.All(await rig.LinesAsync(id, 2), pid => Assert.False(rig.IsAlive(pid)));
    }

    [Fact]
    public async Task Removing_ends_daemons_and_commands_too()
    {
        await using var rig = new ProcessRig();
        var id = await rig.StartAsync(Daemons + "exec sleep 1000");
        var pids = await rig.LinesAsync(id, 2);
        await using var command = rig.Engine.ExecuteAsync(id, new ContainerCommand { Command = Engines.EngineSandbox.Shell("echo $$; exec sleep 1000") }, ProcessRig.Cancellation)
            .GetAsyncEnumerator(ProcessRig.Cancellation);
        Assert.True(await command.MoveNextAsync());
        pids.Add(command.Current.Text);

        await rig.Engine.RemoveAsync(id, ProcessRig.Cancellation);

        Assert.All(pids, pid => Assert.False(rig.IsAlive(pid)));
        Assert.True(await command.MoveNextAsync());
        Assert.Equal(137, command.Current.ExitCode);
    }

    [Fact]
    public async Task A_daemon_that_a_command_left_lives_as_long_as_its_instance()
    {
        await using var rig = new ProcessRig();
        var id = await rig.StartAsync("exec sleep 1000");

        var output = await rig.ExecuteAsync(id, "setsid sleep 1000 > /dev/null 2>&1 & echo $!");
        var whileItRuns = rig.IsAlive(output[0].Text);
        await rig.Engine.StopAsync(id, TimeSpan.Zero, ProcessRig.Cancellation);

        Assert.Equal(0, output[^1].ExitCode);
        Assert.True(whileItRuns);
        Assert.False(rig.IsAlive(output[0].Text));
    }

    [Fact]
    public async Task Freezing_freezes_daemons_and_commands_too_and_a_frozen_program_still_ends_politely()
    {
        await using var rig = new ProcessRig();
        var id = await rig.StartAsync("trap 'exit 7' TERM; setsid sleep 1000 & echo $$ $!; while :; do sleep 0.05; done");
        var pids = (await rig.LinesAsync(id, 1))[0].Split(' ').Select(pid => int.Parse(pid, CultureInfo.InvariantCulture)).ToList();

        await rig.Engine.PauseAsync(id, ProcessRig.Cancellation);
        var frozen = pids.ConvertAll(LinuxProcess.Read);
        var error = await Assert.ThrowsAsync<ProcessEngineException>(() => rig.ExecuteAsync(id, "true"));
        await rig.Engine.StopAsync(id, TimeSpan.FromSeconds(30), ProcessRig.Cancellation);

        Assert.All(frozen, process => Assert.True(process!.Value.IsStopped));
        Assert.Equal(ProcessEngineException.NotRunning, error.Code);
        Assert.Equal(7, (await rig.Engine.InspectAsync(id, ProcessRig.Cancellation))!.ExitCode);
    }

    [Fact]
    public async Task Usage_counts_the_whole_tree()
    {
        await using var rig = new ProcessRig();
        var id = await rig.StartAsync(Daemons + "exec sleep 1000");
        await rig.LinesAsync(id, 2);

        var usage = await rig.Engine.GetUsageAsync(id, ProcessRig.Cancellation);

        Assert.Equal(3, usage!.Processes);
        Assert.InRange(usage.MemoryBytes, 3 * 64 * 1024, 1024L * 1024 * 1024);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_that_has_got_the_id_of_an_ended_one_is_left_alone(bool otherBoot)
    {
        await using var rig = new ProcessRig();
        using var innocent = Process.Start(new ProcessStartInfo("setsid", ["sleep", "1000"]))!;
        try
        {
            var id = await rig.Engine.CreateAsync(ProcessRig.Specification("true"), ProcessRig.Cancellation);
            var store = new InstanceStore(rig.Path, rig.Table.StartTimeOf, NullLogger.Instance);
            var startTime = rig.Table.StartTimeOf(innocent.Id);
            store.Save(store.Load(id)! with
            {
                State = ContainerState.Running,
                Run = new ProcessRun(innocent.Id, otherBoot ? startTime : startTime - 1, otherBoot ? "another" : rig.Table.Boot, "ORCHESTRATOR_INSTANCE=gone"),
            });

            var status = await rig.Engine.InspectAsync(id, ProcessRig.Cancellation);
            await rig.Engine.StopAsync(id, TimeSpan.FromSeconds(1), ProcessRig.Cancellation);
            await rig.Engine.RemoveAsync(id, ProcessRig.Cancellation);

            Assert.Equal((ContainerState.Exited, null), (status!.State, status.ExitCode));
            Assert.False(innocent.HasExited);
        }
        finally
        {
            innocent.Kill();
            await innocent.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public void A_process_may_be_named_anything()
    {
        var process = LinuxProcess.Parse(7, "7 (a) Z 1 (b) S 3 4 5 0 -1 4194560 1 2 3 4 10 20 30 40 20 0 1 0 5555 1000 77 18446744073709551615 1\n");

        Assert.Equal(new LinuxProcess(7, 'S', 3, 5, 5555, 100, 77), process);
        Assert.Null(LinuxProcess.Parse(7, ""));
        Assert.Null(LinuxProcess.Parse(7, "7 (x) S 1"));
    }
}
