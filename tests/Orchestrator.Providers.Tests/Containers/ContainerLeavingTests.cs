namespace Orchestrator.Providers.Containers;

/// <summary>What comes back from a container, and what does not: against an engine that does what the test says.</summary>
public sealed class ContainerLeavingTests : IAsyncDisposable
{
    private readonly AgentContainerRig _rig = new();

    [Fact]
    public async Task A_workspace_that_goes_with_its_instance_is_never_taken_for_the_work()
    {
        _rig.Containers.Command = (_, _) =>
        {
            Directory.Delete(_rig.Share, recursive: true); // The balancer removed the instance.
            return ScriptedContainers.Lines(0);
        };
        await using var workspace = await _rig.StartAsync();

        var failed = Assert.IsType<AgentFailed>((await _rig.Host.ExecuteAsync(workspace))[^1]);

        Assert.Equal(FailureClass.Crashed, failed.Failure.Class);
    }

    [Fact]
    public async Task The_workspace_is_out_of_the_container_before_it_is_ended_as_the_balancer_removes_what_has_ended()
    {
        _rig.Containers.Command = (command, _) =>
        {
            File.WriteAllText(Path.Combine(command.WorkingDirectory!, "hello.txt"), "changed\n");
            return ScriptedContainers.Lines(0);
        };
        _rig.Containers.OnStop = () =>
        {
            Directory.Delete(_rig.Share, recursive: true);
            _rig.Containers.IsThere = false;
        };
        _rig.Containers.StopFailure = new OrchestratorException("containers.scripted.gone", "There is no such instance.");
        await using var workspace = await _rig.StartAsync();

        Assert.IsType<AgentCompleted>((await _rig.Host.ExecuteAsync(workspace))[^1]);

        Assert.Equal(["hello.txt"], (await workspace.CollectAsync(TestContext.Current.CancellationToken)).Paths);
    }

    [Fact]
    public async Task What_a_container_that_cannot_be_ended_may_still_change_is_not_taken()
    {
        _rig.Containers.StopFailure = new OrchestratorException("containers.scripted.gone", "There is no such instance.");
        await using var workspace = await _rig.StartAsync();

        var failed = Assert.IsType<AgentFailed>((await _rig.Host.ExecuteAsync(workspace))[^1]);

        Assert.Equal(FailureClass.Crashed, failed.Failure.Class);
        Assert.Equal(["restarted " + ScriptedContainers.Instance, "released", "stopped within 00:00:00"], _rig.Containers.Journal);
        Assert.False(Directory.Exists(workspace.Workspace.Directory));
        Assert.Single(Directory.EnumerateFiles(_rig.Share, "hello.txt", SearchOption.AllDirectories)); // It goes with the instance.
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(int.MaxValue, false)]
    public async Task An_engine_that_is_away_is_waited_for_but_not_for_ever(int secondsAway, bool isBack)
    {
        _rig.Containers.StopFailure = new AwayException();
        await using var workspace = await _rig.StartAsync();
        var began = _rig.Time.GetTimestamp();
        _rig.Containers.OnStop = () => _rig.Containers.StopFailure = _rig.Time.GetElapsedTime(began).TotalSeconds < secondsAway ? _rig.Containers.StopFailure : null;

        var running = _rig.Host.ExecuteAsync(workspace);
        while (!running.IsCompleted)
        {
            if (_rig.Time.NextDue - _rig.Time.GetUtcNow() <= TimeSpan.FromSeconds(1))
            {
                _rig.Time.Advance(TimeSpan.FromSeconds(1)); // It waits before it asks again.
            }

            await Task.Yield();
        }

        Assert.Equal(isBack, (await running)[^1] is AgentCompleted);
        Assert.Equal(isBack ? 6 : 61, _rig.Containers.Journal.Count(one => one == "stopped within 00:00:00"));
    }

    [Fact]
    public async Task A_program_may_do_away_with_its_home()
    {
        _rig.Containers.Command = (command, _) =>
        {
            Directory.Delete(command.Environment["HOME"]);
            Directory.Delete(command.Environment["TMPDIR"]);
            File.CreateSymbolicLink(command.Environment["TMPDIR"], _rig.Host.Folder.Path);
            return ScriptedContainers.Lines(0);
        };
        await using var workspace = await _rig.StartAsync();

        Assert.IsType<AgentCompleted>((await _rig.Host.ExecuteAsync(workspace))[^1]);

        Assert.Empty(Directory.EnumerateFileSystemEntries(workspace.Workspace.HomeDirectory));
        Assert.Empty(Directory.EnumerateFileSystemEntries(workspace.Workspace.TemporaryDirectory));
        Assert.True(Directory.Exists(_rig.Host.Folder.Path));
    }

    [Fact]
    public async Task A_link_in_place_of_the_tree_is_not_the_workspace()
    {
        _rig.Containers.Command = (command, _) =>
        {
            Directory.Move(command.WorkingDirectory!, command.WorkingDirectory + "-moved");
            File.CreateSymbolicLink(command.WorkingDirectory!, _rig.Host.Folder.Path);
            return ScriptedContainers.Lines(0);
        };
        await using var workspace = await _rig.StartAsync();

        var failed = Assert.IsType<AgentFailed>((await _rig.Host.ExecuteAsync(workspace))[^1]);

        Assert.Equal(FailureClass.Crashed, failed.Failure.Class);
    }

    [Fact]
    public async Task What_stands_in_the_directory_of_an_instance_that_has_gone_is_somebody_elses()
    {
        (_rig.Containers.Renewal, _rig.Containers.IsThere) = (false, false);
        _rig.Containers.Command = (command, _) =>
        {
            Directory.Delete(_rig.Share, recursive: true);
            ContainerShares.Make(Path.Combine(_rig.Share, "tree")); // Of the next life, and of another execution.
            return ScriptedContainers.Lines(0);
        };
        await using var workspace = await _rig.StartAsync();

        var failed = Assert.IsType<AgentFailed>((await _rig.Host.ExecuteAsync(workspace))[^1]);

        Assert.Equal(FailureClass.Crashed, failed.Failure.Class);
        Assert.True(Directory.Exists(Path.Combine(_rig.Share, "tree")));
        Assert.False(Directory.Exists(workspace.Workspace.Directory));
    }

    [Fact]
    public async Task What_the_program_closed_is_taken_back()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Nothing is closed to root: run it as an ordinary user.");
        _rig.Containers.Command = (command, _) =>
        {
            File.WriteAllText(Path.Combine(command.WorkingDirectory!, "hello.txt"), "changed\n");
            File.SetUnixFileMode(command.WorkingDirectory!, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            return ScriptedContainers.Lines(0);
        };
        await using var workspace = await _rig.StartAsync();

        Assert.IsType<AgentCompleted>((await _rig.Host.ExecuteAsync(workspace))[^1]);

        Assert.Equal(["hello.txt"], (await workspace.CollectAsync(TestContext.Current.CancellationToken)).Paths);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private sealed class AwayException() : OrchestratorException("containers.scripted.away", "The engine is away.")
    {
        public override bool IsTransient => true;
    }
}
