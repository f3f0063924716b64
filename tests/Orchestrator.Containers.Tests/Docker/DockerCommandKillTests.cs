using Orchestrator.Containers.Engines;

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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_a_shell_the_whole_instance_goes_unless_it_was_a_probe(bool isProbe)
    {
        await using var sandbox = DockerServer.Open();
        using var engine = DockerServer.Connect();
        var image = $"orchestrator-test/no-shell:{EngineSandbox.Unique()}";
        await engine.Images.ImportAsync(TestImage.WithBusyboxAs("sleep"), image, ["ENV PATH=/bin"], sandbox.Cancellation);
        try
        {
            var sleep = new CommandLine { Executable = "sleep", Arguments = ["1000"] };
            var id = await sandbox.StartAsync(sandbox.Specification("") with { Image = image, Command = sleep });
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(sandbox.Cancellation);

            var command = new ContainerCommand { Command = sleep };
            var output = isProbe ? engine.ProbeAsync(id, command, cancel.Token) : engine.ExecuteAsync(id, command, cancel.Token);
            var next = output.GetAsyncEnumerator(cancel.Token).MoveNextAsync().AsTask();
            while ((await sandbox.Engine.GetUsageAsync(id, sandbox.Cancellation))!.Processes < 3)
            {
                await Task.Yield();
            }

            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);

            var status = await sandbox.UntilAsync(id, isProbe ? ContainerState.Running : ContainerState.Exited);
            Assert.Equal(isProbe ? null : 137, status.ExitCode);
        }
        finally
        {
            await sandbox.DisposeAsync();
            await engine.Images.RemoveAsync(image, TestContext.Current.CancellationToken);
        }
    }
}
