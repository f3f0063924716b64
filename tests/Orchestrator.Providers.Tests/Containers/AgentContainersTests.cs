using Orchestrator.Containers;

namespace Orchestrator.Providers.Containers;

/// <summary>What a provider does with a container, against an engine that does what the test says. The real engine is in the end-to-end tests.</summary>
public sealed class AgentContainersTests : IAsyncDisposable
{
    private readonly AgentContainerRig _rig = new();

    [Fact]
    public async Task The_program_finds_its_workspace_in_the_container_and_what_it_changed_is_collected_from_outside()
    {
        _rig.Containers.Command = (command, _) =>
        {
            File.WriteAllText(Path.Combine(command.WorkingDirectory!, "hello.txt"), "changed\n");
            return ScriptedContainers.Lines(0, "done");
        };
        await using var workspace = await _rig.StartAsync();

        var events = await _rig.Host.ExecuteAsync(workspace, "in {workspace}");

        Assert.IsType<AgentCompleted>(events[^1]);
        var command = Assert.Single(_rig.Containers.Commands);
        Assert.Equal(Path.Combine(_rig.Share, "tree"), command.WorkingDirectory);
        Assert.Equal(["-x", "in " + command.WorkingDirectory], command.Command.Arguments);
        Assert.Equal((Path.Combine(_rig.Share, "home"), Path.Combine(_rig.Share, "tmp")), (command.Environment["HOME"], command.Environment["TMPDIR"]));
        Assert.False(command.Environment.ContainsKey("PATH")); // The image's own.
        Assert.Equal(["hello.txt"], (await workspace.CollectAsync(TestContext.Current.CancellationToken)).Paths);
        Assert.Equal(["restarted " + ScriptedContainers.Instance, "released", "stopped within 00:00:00"], _rig.Containers.Journal);
    }

    [Fact]
    public async Task A_secret_goes_to_the_command_alone()
    {
        await using var workspace = await _rig.StartAsync(options => options.SecretNames = ["TOOL_TOKEN"]);

        await _rig.Host.ExecuteAsync(workspace);

        var command = Assert.Single(_rig.Containers.Commands);
        Assert.Equal(AgentContainerRig.Secret, command.Secrets["TOOL_TOKEN"].Reveal());
        Assert.DoesNotContain(command.Environment, variable => variable.Value.Contains(AgentContainerRig.Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_an_earlier_execution_left_in_the_instance_is_gone()
    {
        await using var workspace = await _rig.StartAsync();
        Directory.CreateDirectory(Path.Combine(_rig.Share, "tree", "old"));
        File.CreateSymbolicLink(Path.Combine(_rig.Share, "home"), _rig.Host.Folder.Path);
        var seen = new List<string>();
        _rig.Containers.Command = (_, _) =>
        {
            seen.AddRange(Directory.EnumerateFileSystemEntries(_rig.Share, "*", SearchOption.TopDirectoryOnly).Select(entry => Path.GetFileName(entry)!).Order(StringComparer.Ordinal));
            seen.AddRange(Directory.EnumerateFiles(Path.Combine(_rig.Share, "tree")).Select(entry => Path.GetFileName(entry)!));
            return ScriptedContainers.Lines(0);
        };

        await _rig.Host.ExecuteAsync(workspace);

        Assert.Equal(["home", "tmp", "tree", "hello.txt"], seen);
        Assert.True(Directory.Exists(_rig.Host.Folder.Path));
    }

    [Fact]
    public async Task A_container_that_ends_under_its_program_is_a_crash_and_counts_against_the_instance()
    {
        _rig.Containers.State = ContainerState.Exited;
        _rig.Containers.Command = static (_, _) => ScriptedContainers.Lines(137, "working");
        await using var workspace = await _rig.StartAsync();

        var failed = Assert.IsType<AgentFailed>((await _rig.Host.ExecuteAsync(workspace))[^1]);

        Assert.Equal(FailureClass.Crashed, failed.Failure.Class);
        Assert.Contains("container", failed.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("released as failed", _rig.Containers.Journal);
        Assert.True(Directory.Exists(workspace.Workspace.Directory));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(137)]
    public async Task A_program_that_fails_in_a_container_that_goes_on_is_its_own_failure(int exitCode)
    {
        _rig.Containers.Command = (_, _) => ScriptedContainers.Lines(exitCode, "working");
        await using var workspace = await _rig.StartAsync();

        var failed = Assert.IsType<AgentFailed>((await _rig.Host.ExecuteAsync(workspace))[^1]);

        Assert.Equal(exitCode, failed.Failure.StatusCode);
        Assert.Contains("released", _rig.Containers.Journal);
    }

    [Fact]
    public async Task An_instance_that_ended_before_its_program_is_not_the_configurations_fault()
    {
        _rig.Containers.Renewal = false;
        await using var workspace = await _rig.StartAsync();
        Directory.Delete(_rig.Share);

        var failed = Assert.IsType<AgentFailed>(Assert.Single(await _rig.Host.ExecuteAsync(workspace)));

        Assert.Equal(FailureClass.Unavailable, failed.Failure.Class);
    }

    [Theory]
    [InlineData(0, FailureClass.StartupTimeout)]
    [InlineData(1, FailureClass.IdleTimeout)]
    public async Task A_silent_program_is_asked_to_end_and_then_killed(int lines, FailureClass expected)
    {
        _rig.Containers.Command = (_, token) => _rig.Containers.Endless(token, [.. Enumerable.Repeat("line", lines)]);
        await using var workspace = await _rig.StartAsync();

        var running = _rig.Host.ExecuteAsync(workspace, limits: new AgentTimeLimits { Startup = TimeSpan.FromSeconds(10), Idle = TimeSpan.FromSeconds(10), Total = TimeSpan.FromHours(1), Grace = TimeSpan.FromSeconds(1) });
        await _rig.Containers.Silent.WaitAsync(TestContext.Current.CancellationToken);
        while (!running.IsCompleted)
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(expected, Assert.IsType<AgentFailed>((await running)[^1]).Failure.Class);
        Assert.Equal($"asked TERM ORCHESTRATOR_EXECUTION={workspace.ExecutionId}", _rig.Containers.Journal.First());
    }

    [Fact]
    public async Task A_lost_lease_ends_the_run()
    {
        _rig.Containers.Renewal = false;
        _rig.Containers.Command = (_, token) => TalkAsync(token);
        await using var workspace = await _rig.StartAsync();

        var failed = Assert.IsType<AgentFailed>((await _rig.Host.ExecuteAsync(workspace))[^1]);

        Assert.Equal(FailureClass.Crashed, failed.Failure.Class);
        Assert.Contains("released as failed", _rig.Containers.Journal);

        async IAsyncEnumerable<ContainerOutput> TalkAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
        {
            for (; ; )
            {
                token.ThrowIfCancellationRequested();
                _rig.Time.Advance(TimeSpan.FromSeconds(6));
                await Task.Yield();
                yield return new ContainerOutput("still here");
            }
        }
    }

    [Theory]
    [InlineData(AcquisitionStatus.UnknownPool, FailureClass.Configuration)]
    [InlineData(AcquisitionStatus.TimedOut, FailureClass.Unavailable)]
    [InlineData(AcquisitionStatus.PoolFailed, FailureClass.Unavailable)]
    public async Task Without_a_lease_nothing_is_started(AcquisitionStatus status, FailureClass expected)
    {
        _rig.Containers.Acquisition = new ContainerAcquisition(status, Message: "why");
        await using var workspace = await _rig.StartAsync();

        var failed = Assert.IsType<AgentFailed>(Assert.Single(await _rig.Host.ExecuteAsync(workspace)));

        Assert.Equal(expected, failed.Failure.Class);
        Assert.Contains("why", failed.Failure.Message, StringComparison.Ordinal);
        Assert.Empty(_rig.Containers.Commands);
    }

    [Theory]
    [InlineData("process", true)] // It keeps nothing apart.
    [InlineData("docker", false)]
    public async Task Where_there_can_be_no_container_it_is_refused_and_unhealthy(string engine, bool hasPool)
    {
        (_rig.Containers.Name, _rig.Containers.HasPool) = (engine, hasPool);
        await using var workspace = await _rig.StartAsync();
        Assert.Equal(HealthStatus.Unhealthy, (await _rig.Host.Provider.CheckHealthAsync(TestContext.Current.CancellationToken)).Status);

        var failed = Assert.IsType<AgentFailed>(Assert.Single(await _rig.Host.ExecuteAsync(workspace)));

        Assert.Equal(FailureClass.Configuration, failed.Failure.Class);
        Assert.Empty(_rig.Containers.Commands);
    }

    [Fact]
    public async Task An_instance_without_its_directory_is_told_with_what_to_change()
    {
        await using var workspace = await _rig.StartAsync();
        Directory.Delete(_rig.Share);

        var failed = Assert.IsType<AgentFailed>(Assert.Single(await _rig.Host.ExecuteAsync(workspace)));

        Assert.Equal(FailureClass.Configuration, failed.Failure.Class);
        Assert.Contains("mount", failed.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(["released"], _rig.Containers.Journal);
    }

    [Fact]
    public async Task A_program_that_the_image_has_not_is_unavailable()
    {
        _rig.Containers.Command = static (_, _) => ScriptedContainers.Lines(127);
        await using var workspace = await _rig.StartAsync();

        var failed = Assert.IsType<AgentFailed>((await _rig.Host.ExecuteAsync(workspace))[^1]);

        Assert.Equal(FailureClass.Unavailable, failed.Failure.Class);
        Assert.Contains("image", failed.Failure.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();
}
