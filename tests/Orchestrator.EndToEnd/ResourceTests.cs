using System.Globalization;
using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd;

/// <summary>A host that carries out one execution after the other keeps nothing open: no file, no pipe, no port, no worktree.</summary>
[UnsupportedOSPlatform("windows")]
[Collection(nameof(ResourceTests))]
[CollectionDefinition(nameof(ResourceTests), DisableParallelization = true)]
public sealed class ResourceTests : IDisposable
{
    private const string CommandScript = "cat > made.txt; echo done";

    /// <summary>Says the last words of the real one.</summary>
    private const string AgentScript = """
        #!/bin/sh
        cat > /dev/null
        echo '{"type":"system","subtype":"init","session_id":"s1","model":"m"}'
        printf '{"type":"result","subtype":"success","is_error":false,"session_id":"s1","usage":{"input_tokens":1},"result":"%s"}\n' "$ANTHROPIC_BASE_URL"
        """;

    private readonly GitRepository _repository = SampleRepository();
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Thirty_commands_leave_no_descriptor_and_no_workspace_behind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Descriptors are counted in /proc.");
        await using var services = Services();
        await RunAsync(services, "command", "warm"); // What is opened once, such as the runtime's own pipes, is no leak.
        var before = Descriptors();

        for (var run = 0; run < 30; run++)
        {
            Assert.IsType<AgentCompleted>(await RunAsync(services, "command", $"{run}"));
        }

        var after = Descriptors();
        AssertNotGrown(before, after, 30);
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(_folder.Combine("workspaces")), entry => !Path.GetFileName(entry).StartsWith('.'));
        Assert.Single(_repository.Run("worktree", "list", "--porcelain").Split('\n'), line => line.StartsWith("worktree ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ten_credential_proxies_leave_no_port_and_no_descriptor_behind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Ports are looked up in /proc.");
        await using var services = Services();
        await RunAsync(services, "agent", "warm");
        var (descriptors, ports) = (Descriptors(), OwnPorts());

        for (var run = 0; run < 10; run++)
        {
            var completed = Assert.IsType<AgentCompleted>(await RunAsync(services, "agent", $"{run}"));
            Assert.StartsWith("http://127.0.0.1:", completed.Result.Summary, StringComparison.Ordinal); // A proxy was there.
        }

        Assert.Equal(ports, OwnPorts());
        AssertNotGrown(descriptors, Descriptors(), 10);
    }

    public void Dispose()
    {
        _repository.Dispose();
        _folder.Dispose();
    }

    private static GitRepository SampleRepository()
    {
        var repository = GitRepository.Init();
        repository.Commit("base");
        return repository;
    }

    private static void AssertNotGrown(List<string> before, List<string> after, int runs) =>
        Assert.True(after.Count - before.Count < runs, $"{before.Count} descriptors became {after.Count}: {string.Join(", ", after.Except(before).Order(StringComparer.Ordinal))}");

    /// <summary>What this process has open, as the kernel tells it, but for the libraries that the runtime loads as it goes. What only waits for its finalizer is closed first.</summary>
    private static List<string> Descriptors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return [.. Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(path => $"{Path.GetFileName(path)} {TargetOf(path)}").Where(descriptor => !IsLibrary(descriptor))];
    }

    private static bool IsLibrary(string descriptor) => descriptor.EndsWith(".dll", StringComparison.Ordinal) || descriptor.EndsWith(".pdb", StringComparison.Ordinal) || descriptor.EndsWith(".so", StringComparison.Ordinal);

    private static string? TargetOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (IOException)
        {
            return null; // Closed since it was listed, such as the descriptor of the list itself.
        }
    }

    /// <summary>The ports that sockets of this process listen on.</summary>
    private static HashSet<int> OwnPorts()
    {
        var own = Descriptors().Where(descriptor => descriptor.Contains("socket:[", StringComparison.Ordinal)).Select(descriptor => descriptor.Split('[', ']')[1]).ToHashSet(StringComparer.Ordinal);
        return new[] { "/proc/self/net/tcp", "/proc/self/net/tcp6" }.Where(File.Exists).SelectMany(File.ReadLines).Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[3] == "0A" && own.Contains(fields[9]))
            .Select(fields => int.Parse(fields[1].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToHashSet();
    }

    private ServiceProvider Services()
    {
        var program = _folder.Write("agent", AgentScript + "\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        Directory.CreateDirectory(_folder.Combine("workspaces"));
        var secrets = _folder.Write("secrets.env", "CLAUDE_API_KEY=marked-resource-key-0815\n");
        File.SetUnixFileMode(secrets, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var services = new ServiceCollection();
        services.AddAgentProviders(options => options.Directory = _folder.Combine("workspaces"))
            .AddSecretFile(secrets)
            .AddCommand("command", options => (options.Executable, options.Arguments, options.InstructionsOnInput) = ("/bin/sh", ["-c", CommandScript], true))
            .AddClaude(options => (options.Executable, options.BaseUrl, options.ApiKeySecret) = (program, "http://127.0.0.1:9/base", "CLAUDE_API_KEY"), "agent");
        return services.BuildServiceProvider();
    }

    /// <summary>One execution from its workspace to the workspace's removal; gives its last event.</summary>
    private async Task<AgentEvent> RunAsync(ServiceProvider services, string provider, string name)
    {
        var id = $"resources-{provider}-{name}-{Environment.ProcessId}";
        await using var workspace = await services.GetRequiredService<GitWorkspaces>().CreateAsync(_repository.Path, id, cancellationToken: Token);
        var task = new Orchestrator.Tasks.AgentTask
        {
            Id = id,
            Type = Orchestrator.Tasks.AgentTaskType.Fix,
            Instructions = "do it",
            Source = new Orchestrator.Tasks.LocalSource { Path = _repository.Path },
        };
        AgentEvent? last = null;
        var agent = services.GetServices<IAgentProvider>().Single(agent => agent.Descriptor.Name == provider);
        await foreach (var happened in agent.ExecuteAsync(new AgentExecution { Id = id, Task = task, Workspace = workspace.Workspace }, Token))
        {
            last = happened;
        }

        return last!;
    }
}
