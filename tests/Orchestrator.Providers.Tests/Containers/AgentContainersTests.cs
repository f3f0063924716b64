using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Containers;
using Orchestrator.Providers.Command;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Containers;

/// <summary>What a provider does with a container, against an engine that does what the test says. The real engine is in the end-to-end tests.</summary>
public sealed class AgentContainersTests : IAsyncDisposable
{
    private const string Secret = "marked-secret-of-a-container-4711";

    private readonly ScriptedContainers _containers = new();
    private readonly ManualTimeProvider _time = new();
    private readonly GitRepository _repository = GitRepository.Init();
    private ProviderHost? _host;

    public AgentContainersTests()
    {
        _repository.Write("hello.txt", "hello\n");
        _repository.Commit("Begin");
    }

    private ProviderHost Host => _host!;

    private string Share => Path.Combine(Host.Folder.Path, "c", ScriptedContainers.Instance);

    [Fact]
    public async Task The_program_finds_its_workspace_in_the_container_and_what_it_changed_is_collected_from_outside()
    {
        _containers.Command = (command, _) =>
        {
            File.WriteAllText(Path.Combine(command.WorkingDirectory!, "hello.txt"), "changed\n");
            return ScriptedContainers.Lines(0, "done");
        };
        await using var workspace = await StartAsync();

        var events = await Host.ExecuteAsync(workspace, "in {workspace}");

        Assert.IsType<AgentCompleted>(events[^1]);
        var command = Assert.Single(_containers.Commands);
        Assert.Equal(Path.Combine(Share, "tree"), command.WorkingDirectory);
        Assert.Equal(["-x", "in " + command.WorkingDirectory], command.Command.Arguments);
        Assert.Equal((Path.Combine(Share, "home"), Path.Combine(Share, "tmp")), (command.Environment["HOME"], command.Environment["TMPDIR"]));
        Assert.False(command.Environment.ContainsKey("PATH")); // The image's own.
        Assert.Equal(["hello.txt"], (await workspace.CollectAsync(TestContext.Current.CancellationToken)).Paths);
        Assert.Equal(["restarted " + ScriptedContainers.Instance, "released", "stopped within 00:00:00"], _containers.Journal);
    }

    [Fact]
    public async Task A_secret_goes_to_the_command_alone()
    {
        await using var workspace = await StartAsync(options => options.SecretNames = ["TOOL_TOKEN"]);

        await Host.ExecuteAsync(workspace);

        var command = Assert.Single(_containers.Commands);
        Assert.Equal(Secret, command.Secrets["TOOL_TOKEN"].Reveal());
        Assert.DoesNotContain(command.Environment, variable => variable.Value.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_an_earlier_execution_left_in_the_instance_is_gone()
    {
        await using var workspace = await StartAsync();
        Directory.CreateDirectory(Path.Combine(Share, "tree", "old"));
        File.CreateSymbolicLink(Path.Combine(Share, "home"), Host.Folder.Path);
        var seen = new List<string>();
        _containers.Command = (_, _) =>
        {
            seen.AddRange(Directory.EnumerateFileSystemEntries(Share, "*", SearchOption.TopDirectoryOnly).Select(entry => Path.GetFileName(entry)!).Order(StringComparer.Ordinal));
            seen.AddRange(Directory.EnumerateFiles(Path.Combine(Share, "tree")).Select(entry => Path.GetFileName(entry)!));
            return ScriptedContainers.Lines(0);
        };

        await Host.ExecuteAsync(workspace);

        Assert.Equal(["home", "tmp", "tree", "hello.txt"], seen);
        Assert.True(Directory.Exists(Host.Folder.Path));
    }

    [Fact]
    public async Task A_container_that_ends_under_its_program_is_a_crash_and_counts_against_the_instance()
    {
        _containers.State = ContainerState.Exited;
        _containers.Command = static (_, _) => ScriptedContainers.Lines(137, "working");
        await using var workspace = await StartAsync();

        var failed = Assert.IsType<AgentFailed>((await Host.ExecuteAsync(workspace))[^1]);

        Assert.Equal(FailureClass.Crashed, failed.Failure.Class);
        Assert.Contains("container", failed.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("released as failed", _containers.Journal);
        Assert.True(Directory.Exists(workspace.Workspace.Directory));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(137)]
    public async Task A_program_that_fails_in_a_container_that_goes_on_is_its_own_failure(int exitCode)
    {
        _containers.Command = (_, _) => ScriptedContainers.Lines(exitCode, "working");
        await using var workspace = await StartAsync();

        var failed = Assert.IsType<AgentFailed>((await Host.ExecuteAsync(workspace))[^1]);

        Assert.Equal(exitCode, failed.Failure.StatusCode);
        Assert.Contains("released", _containers.Journal);
    }

    [Fact]
    public async Task A_workspace_that_goes_with_its_instance_is_never_taken_for_the_work()
    {
        _containers.Command = (_, _) =>
        {
            Directory.Delete(Share, recursive: true); // The balancer removed the instance.
            return ScriptedContainers.Lines(0);
        };
        await using var workspace = await StartAsync();

        var failed = Assert.IsType<AgentFailed>((await Host.ExecuteAsync(workspace))[^1]);

        Assert.Equal(FailureClass.Crashed, failed.Failure.Class);
    }

    [Fact]
    public async Task The_workspace_is_out_of_the_container_before_it_is_ended_as_the_balancer_removes_what_has_ended()
    {
        _containers.Command = (command, _) =>
        {
            File.WriteAllText(Path.Combine(command.WorkingDirectory!, "hello.txt"), "changed\n");
            return ScriptedContainers.Lines(0);
        };
        _containers.OnStop = () =>
        {
            Directory.Delete(Share, recursive: true);
            _containers.IsThere = false;
        };
        _containers.StopFailure = new OrchestratorException("containers.scripted.gone", "There is no such instance.");
        await using var workspace = await StartAsync();

        Assert.IsType<AgentCompleted>((await Host.ExecuteAsync(workspace))[^1]);

        Assert.Equal(["hello.txt"], (await workspace.CollectAsync(TestContext.Current.CancellationToken)).Paths);
    }

    [Fact]
    public async Task What_a_container_that_cannot_be_ended_may_still_change_is_not_taken()
    {
        _containers.StopFailure = new OrchestratorException("containers.scripted.gone", "There is no such instance.");
        await using var workspace = await StartAsync();

        var failed = Assert.IsType<AgentFailed>((await Host.ExecuteAsync(workspace))[^1]);

        Assert.Equal(FailureClass.Crashed, failed.Failure.Class);
        Assert.Equal(["restarted " + ScriptedContainers.Instance, "released", "stopped within 00:00:00"], _containers.Journal);
        Assert.False(Directory.Exists(workspace.Workspace.Directory));
        Assert.Single(Directory.EnumerateFiles(Share, "hello.txt", SearchOption.AllDirectories)); // It goes with the instance.
    }

    [Fact]
    public async Task An_engine_that_is_away_for_a_moment_is_waited_for()
    {
        _containers.StopFailure = new AwayException();
        await using var workspace = await StartAsync();
        var stops = 0;
        var away = new TaskCompletionSource();
        _containers.OnStop = () =>
        {
            stops++;
            away.TrySetResult();
            _containers.StopFailure = stops < 3 ? new AwayException() : null;
        };

        var running = Host.ExecuteAsync(workspace);
        await away.Task.WaitAsync(TestContext.Current.CancellationToken);
        while (!running.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.IsType<AgentCompleted>((await running)[^1]);
        Assert.Equal(3, stops);
    }

    [Fact]
    public async Task A_program_may_do_away_with_its_home()
    {
        _containers.Command = (command, _) =>
        {
            Directory.Delete(command.Environment["HOME"]);
            Directory.Delete(command.Environment["TMPDIR"]);
            File.CreateSymbolicLink(command.Environment["TMPDIR"], Host.Folder.Path);
            return ScriptedContainers.Lines(0);
        };
        await using var workspace = await StartAsync();

        Assert.IsType<AgentCompleted>((await Host.ExecuteAsync(workspace))[^1]);

        Assert.Empty(Directory.EnumerateFileSystemEntries(workspace.Workspace.HomeDirectory));
        Assert.Empty(Directory.EnumerateFileSystemEntries(workspace.Workspace.TemporaryDirectory));
        Assert.True(Directory.Exists(Host.Folder.Path));
    }

    [Fact]
    public async Task A_link_in_place_of_the_tree_is_not_the_workspace()
    {
        _containers.Command = (command, _) =>
        {
            Directory.Move(command.WorkingDirectory!, command.WorkingDirectory + "-moved");
            File.CreateSymbolicLink(command.WorkingDirectory!, Host.Folder.Path);
            return ScriptedContainers.Lines(0);
        };
        await using var workspace = await StartAsync();

        var failed = Assert.IsType<AgentFailed>((await Host.ExecuteAsync(workspace))[^1]);

        Assert.Equal(FailureClass.Crashed, failed.Failure.Class);
    }

    [Fact]
    public async Task An_instance_that_ended_before_its_program_is_not_the_configurations_fault()
    {
        _containers.Renewal = false;
        await using var workspace = await StartAsync();
        Directory.Delete(Share);

        var failed = Assert.IsType<AgentFailed>(Assert.Single(await Host.ExecuteAsync(workspace)));

        Assert.Equal(FailureClass.Unavailable, failed.Failure.Class);
    }

    [Theory]
    [InlineData(0, FailureClass.StartupTimeout)]
    [InlineData(1, FailureClass.IdleTimeout)]
    public async Task A_silent_program_is_asked_to_end_and_then_killed(int lines, FailureClass expected)
    {
        _containers.Command = (_, token) => _containers.Endless(token, [.. Enumerable.Repeat("line", lines)]);
        await using var workspace = await StartAsync();

        var running = Host.ExecuteAsync(workspace, limits: new AgentTimeLimits { Startup = TimeSpan.FromSeconds(10), Idle = TimeSpan.FromSeconds(10), Total = TimeSpan.FromHours(1), Grace = TimeSpan.FromSeconds(1) });
        await _containers.Silent.WaitAsync(TestContext.Current.CancellationToken);
        while (!running.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(expected, Assert.IsType<AgentFailed>((await running)[^1]).Failure.Class);
        Assert.Equal($"asked TERM ORCHESTRATOR_EXECUTION={workspace.ExecutionId}", _containers.Journal.First());
    }

    [Fact]
    public async Task A_lost_lease_ends_the_run()
    {
        _containers.Renewal = false;
        _containers.Command = (_, token) => TalkAsync(token);
        await using var workspace = await StartAsync();

        var failed = Assert.IsType<AgentFailed>((await Host.ExecuteAsync(workspace))[^1]);

        Assert.Equal(FailureClass.Crashed, failed.Failure.Class);
        Assert.Contains("released as failed", _containers.Journal);

        async IAsyncEnumerable<ContainerOutput> TalkAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
        {
            for (; ; )
            {
                token.ThrowIfCancellationRequested();
                _time.Advance(TimeSpan.FromSeconds(6));
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
        _containers.Acquisition = new ContainerAcquisition(status, Message: "why");
        await using var workspace = await StartAsync();

        var failed = Assert.IsType<AgentFailed>(Assert.Single(await Host.ExecuteAsync(workspace)));

        Assert.Equal(expected, failed.Failure.Class);
        Assert.Contains("why", failed.Failure.Message, StringComparison.Ordinal);
        Assert.Empty(_containers.Commands);
    }

    [Theory]
    [InlineData("process", true)] // It keeps nothing apart.
    [InlineData("docker", false)]
    public async Task Where_there_can_be_no_container_it_is_refused_and_unhealthy(string engine, bool hasPool)
    {
        (_containers.Name, _containers.HasPool) = (engine, hasPool);
        await using var workspace = await StartAsync();
        Assert.Equal(HealthStatus.Unhealthy, (await Host.Provider.CheckHealthAsync(TestContext.Current.CancellationToken)).Status);

        var failed = Assert.IsType<AgentFailed>(Assert.Single(await Host.ExecuteAsync(workspace)));

        Assert.Equal(FailureClass.Configuration, failed.Failure.Class);
        Assert.Empty(_containers.Commands);
    }

    [Fact]
    public async Task An_instance_without_its_directory_is_told_with_what_to_change()
    {
        await using var workspace = await StartAsync();
        Directory.Delete(Share);

        var failed = Assert.IsType<AgentFailed>(Assert.Single(await Host.ExecuteAsync(workspace)));

        Assert.Equal(FailureClass.Configuration, failed.Failure.Class);
        Assert.Contains("mount", failed.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(["released"], _containers.Journal);
    }

    [Fact]
    public async Task A_program_that_the_image_has_not_is_unavailable()
    {
        _containers.Command = static (_, _) => ScriptedContainers.Lines(127);
        await using var workspace = await StartAsync();

        var failed = Assert.IsType<AgentFailed>((await Host.ExecuteAsync(workspace))[^1]);

        Assert.Equal(FailureClass.Unavailable, failed.Failure.Class);
        Assert.Contains("image", failed.Failure.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        _repository.Dispose();
    }

    private async Task<Workspaces.GitWorkspace> StartAsync(Action<CommandProviderOptions>? configure = null)
    {
        _host = new ProviderHost(
            builder =>
            {
                builder.Services.AddSingleton<IContainerBalancer>(_containers).AddSingleton<IContainerEngine>(_containers);
                builder.UseContainers(options => (options.Pool, options.Directory) = ("agents", Path.Combine(Host.Folder.Path, "c", "{instance}")));
                builder.AddCommand("tool", options =>
                {
                    (options.Executable, options.Arguments) = ("tool-of-the-image", ["-x", "{instructions}"]);
                    configure?.Invoke(options);
                });
            },
            new Dictionary<string, string> { ["TOOL_TOKEN"] = Secret },
            _time);
        ContainerShares.Make(Share);
        return await Host.Workspaces.CreateAsync(_repository.Path, "exec-1", cancellationToken: TestContext.Current.CancellationToken);
    }

    private sealed class AwayException() : OrchestratorException("containers.scripted.away", "The engine is away.")
    {
        public override bool IsTransient => true;
    }
}
