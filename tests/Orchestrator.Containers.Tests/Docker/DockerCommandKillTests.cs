using Orchestrator.Containers.Engines;
using Orchestrator.Containers.Health;
using Orchestrator.Containers.Tests.Reconciling;

namespace Orchestrator.Containers.Docker;

/// <summary>Killing commands, where it is hard.</summary>
[Trait("Engine", "Docker")]
public sealed class DockerCommandKillTests
{
    [Theory]
    [InlineData("env -i sleep 1000 & echo $!; wait")]
    [InlineData("setsid sleep 1000 & echo $!; sleep 1000")]
    [InlineData("(sleep 1000 & echo $!); sleep 1000")]
    [InlineData("trap '' TERM INT HUP; sleep 1000 & echo $!; while :; do wait; done")]
    [InlineData("i=0; while [ $i -lt 30 ]; do sleep 1000 & i=$((i + 1)); done; echo $!; wait")]
    public async Task What_a_command_started_goes_with_it(string script)
    {
        await using var sandbox = DockerServer.Open();
        var id = await sandbox.StartAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(sandbox.Cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in sandbox.Engine.ExecuteAsync(id, new ContainerCommand { Command = EngineSandbox.Shell(script) }, cancel.Token))
            {
                await cancel.CancelAsync();
            }
        });

        // Left are the init process, the instance's own program and the shell that asks; the init process may be still about to bury the others.
        var left = await sandbox.ExecuteAsync(id, "until set -- /proc/[0-9]*; [ $# = 3 ]; do :; done; for one; do read -r name < $one/comm; echo $name; done");
        Assert.Equal(["docker-init", "sh", "sleep"], EngineSandbox.Lines(left).Order(StringComparer.Ordinal));
        Assert.Equal(ContainerState.Running, (await sandbox.InspectAsync(id)).State);
    }

    [Fact]
    public async Task Other_commands_go_on()
    {
        await using var sandbox = DockerServer.Open();
        var id = await sandbox.StartAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(sandbox.Cancellation);
        await using var other = sandbox.Engine
            .ExecuteAsync(id, new ContainerCommand { Command = EngineSandbox.Shell("echo up; read line; echo $line"), Input = "later" }, sandbox.Cancellation)
            .GetAsyncEnumerator(sandbox.Cancellation);
        Assert.True(await other.MoveNextAsync());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in sandbox.Engine.ExecuteAsync(id, new ContainerCommand { Command = EngineSandbox.Shell("echo up; exec sleep 1000") }, cancel.Token))
            {
                await cancel.CancelAsync();
            }
        });

        Assert.True(await other.MoveNextAsync());
        Assert.Equal("later", other.Current.Text);
        Assert.True(await other.MoveNextAsync());
        Assert.Equal(0, other.Current.ExitCode);
    }

    [Fact]
    public async Task In_a_frozen_instance_the_whole_instance_goes()
    {
        await using var sandbox = DockerServer.Open();
        var id = await sandbox.StartAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(sandbox.Cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in sandbox.Engine.ExecuteAsync(id, new ContainerCommand { Command = EngineSandbox.Shell("echo up; exec sleep 1000") }, cancel.Token))
            {
                await sandbox.Engine.PauseAsync(id, sandbox.Cancellation);
                await cancel.CancelAsync();
            }
        });

        Assert.Equal(137, (await sandbox.UntilAsync(id, ContainerState.Exited)).ExitCode);
    }

    [Fact]
    public async Task Without_a_shell_the_whole_instance_goes()
    {
        await using var image = await ShelllessImage.ImportAsync();
        var sandbox = image.Sandbox;
        var id = await sandbox.StartAsync(image.Specification);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(sandbox.Cancellation);

        var next = sandbox.Engine.ExecuteAsync(id, ShelllessImage.Sleep("1000"), cancel.Token).GetAsyncEnumerator(cancel.Token).MoveNextAsync().AsTask();
        await image.UntilProcessesAsync(id, 3);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);

        Assert.Equal(137, (await sandbox.UntilAsync(id, ContainerState.Exited)).ExitCode);
    }

    [Fact]
    public async Task Without_a_shell_a_probes_command_is_left_and_known_until_it_ends()
    {
        await using var image = await ShelllessImage.ImportAsync();
        var sandbox = image.Sandbox;
        var id = await sandbox.StartAsync(image.Specification);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(sandbox.Cancellation);

        var probing = image.Engine.ProbeAsync(id, ShelllessImage.Sleep("1000"), cancel.Token).AsTask();
        await image.UntilProcessesAsync(id, 3);
        await cancel.CancelAsync();
        var left = (await Assert.ThrowsAsync<CommandLeftException>(() => probing)).Command;
        var isGoneAtOnce = await image.Engine.TryEndAsync(left, sandbox.Cancellation);
        var spared = await sandbox.InspectAsync(id);
        await sandbox.Engine.StopAsync(id, TimeSpan.Zero, sandbox.Cancellation);
        var isGoneWithItsProgram = await image.Engine.TryEndAsync(left, sandbox.Cancellation);
        await sandbox.Engine.RemoveAsync(id, sandbox.Cancellation);
        var isGoneWithItsInstance = await image.Engine.TryEndAsync(left, sandbox.Cancellation);

        Assert.Equal((false, ContainerState.Running), (isGoneAtOnce, spared.State));
        Assert.Equal((true, true), (isGoneWithItsProgram, isGoneWithItsInstance));
    }

    [Fact]
    public async Task Probes_that_hang_without_a_shell_do_not_pile_up_and_their_instance_is_made_anew()
    {
        await using var image = await ShelllessImage.ImportAsync();
        await using var host = new ScenarioHost(
            new ScenarioEngine(image.Engine, pool => (pool.Image, pool.Command) = (image.Name, ["sleep", "1000"])),
            static pool =>
            {
                (pool.MinInstances, pool.MaxInstances) = (1, 1);
                pool.Readiness = new() { Command = ["sleep", "1000"], Interval = TimeSpan.FromMilliseconds(300), Timeout = TimeSpan.FromMilliseconds(200), FailureThreshold = 4 };
            },
            ownsEngine: false);
        await host.StartAsync();
        var first = (await host.UntilAsync(static status => status.Instances is [{ EngineId: not null }])).Instances[0];
        var most = 0;

        while (host.Balancer.GetStatus(ScenarioHost.Pool)!.Instances[0].EngineId == first.EngineId)
        {
            most = Math.Max(most, await image.CountCommandsAsync(first.EngineId!));
        }

        var told = await host.UntilToldAsync(first.Name, static one => one.To == InstanceState.Stopping);
        Assert.Contains(told, static one => one.Reason == "its readiness probe failed: an earlier command of it still runs and cannot be ended");
        Assert.Equal(1, most);
    }
}
