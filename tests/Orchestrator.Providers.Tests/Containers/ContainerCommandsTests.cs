using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Containers;
using Orchestrator.Providers.Processes;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Containers;

/// <summary>What becomes of a host's own command in a container, against an engine that does what the test says.</summary>
public sealed class ContainerCommandsTests : IAsyncDisposable
{
    private static readonly AgentTimeLimits Silent = new() { Startup = TimeSpan.FromHours(1), Idle = TimeSpan.FromHours(1), Total = TimeSpan.FromHours(1) };

    private readonly ScriptedContainers _containers = new();
    private readonly ManualTimeProvider _time = new();
    private readonly GitRepository _repository = GitRepository.Init();
    private readonly ProviderHost _host;

    public ContainerCommandsTests()
    {
        _repository.Write("hello.txt", "hello\n");
        _repository.Commit("Begin");
        string? directory = null;
        _host = new ProviderHost(
            builder =>
            {
                builder.Services.AddSingleton<IContainerBalancer>(_containers).AddSingleton<IContainerEngine>(_containers);
                builder.UseContainers(options => (options.Pool, options.Directory) = ("agents", directory!));
            },
            new Dictionary<string, string> { ["TOOL_TOKEN"] = "marked-secret-of-a-command-4711" },
            _time);
        directory = Path.Combine(_host.Folder.Path, "c", "{instance}");
        ContainerShares.Make(Share);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Share => Path.Combine(_host.Folder.Path, "c", ScriptedContainers.Instance);

    [Fact]
    public async Task It_runs_in_the_workspace_in_the_container_which_is_made_anew_after_it()
    {
        var seen = "";
        _containers.Command = (command, _) =>
        {
            seen = File.ReadAllText(Path.Combine(command.WorkingDirectory!, "hello.txt"));
            return ScriptedContainers.Lines(3, "red");
        };
        await using var workspace = await CreateAsync();

        var output = await RunAsync(workspace);

        var command = Assert.Single(_containers.Commands);
        Assert.Equal(("hello\n", Path.Combine(Share, "tree")), (seen, command.WorkingDirectory));
        Assert.Equal(["DOTNET_CLI_HOME", "HOME", ProcessEnvironment.ExecutionMarker, "TEMP", "TMP", "TMPDIR"], command.Environment.Select(one => one.Key).Order(StringComparer.Ordinal));
        Assert.Empty(command.Secrets);
        Assert.Equal("red", output[0].Line);
        Assert.Equal((ProcessEnd.Exited, 3), (output[^1].Exit!.End, output[^1].Exit!.ExitCode));
        Assert.Equal(["restarted " + ScriptedContainers.Instance, "released", "stopped within 00:00:00"], _containers.Journal);
        Assert.True(File.Exists(Path.Combine(workspace.Workspace.Directory, "hello.txt")));
    }

    [Fact]
    public async Task Without_a_container_it_does_not_run()
    {
        _containers.Acquisition = new ContainerAcquisition(AcquisitionStatus.TimedOut, Message: "why");
        await using var workspace = await CreateAsync();

        var error = await Assert.ThrowsAsync<ContainerUnavailableException>(() => RunAsync(workspace));

        Assert.Equal(("providers.no_container", FailureClass.Unavailable), (error.Code, error.Class));
        Assert.Contains("why", error.Message, StringComparison.Ordinal);
        Assert.Empty(_containers.Commands);
    }

    [Theory]
    [InlineData(ContainerState.Exited, true)]
    [InlineData(ContainerState.Running, false)] // The engine does not know yet.
    public async Task A_container_that_is_lost_under_it_is_told(ContainerState state, bool answers)
    {
        (_containers.State, _containers.CanSignal, _containers.Command) = (state, answers, static (_, _) => ScriptedContainers.Lines(137));
        await using var workspace = await CreateAsync();

        Assert.Equal(ProcessEnd.Lost, (await RunAsync(workspace))[^1].Exit!.End);
    }

    [Fact]
    public async Task The_lease_of_a_command_that_may_be_silent_is_renewed_without_its_output()
    {
        _containers.Command = (_, token) => _containers.Endless(token);
        await using var workspace = await CreateAsync();

        var running = RunAsync(workspace);
        await _containers.Silent.WaitAsync(Cancel);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(running.IsCompleted);
        _containers.Renewal = false;
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(ProcessEnd.Lost, (await running)[^1].Exit!.End);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _repository.Dispose();
    }

    private async Task<GitWorkspace> CreateAsync() => await _host.Workspaces.CreateAsync(_repository.Path, "exec-1", cancellationToken: Cancel);

    private async Task<List<ProcessOutput>> RunAsync(GitWorkspace workspace) =>
        await _host.Services.GetRequiredService<ContainerCommands>().RunAsync(ProviderHost.Task(), workspace, CommandLine.Parse("make test"), Silent, Cancel).ToListAsync(Cancel);
}
