using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Commands.Containers;
using Orchestrator.Cli.Output;
using Orchestrator.Containers;
using Orchestrator.Json;
using Orchestrator.Testing;

namespace Orchestrator.Cli.Tests.Commands.Containers;

/// <summary><c>orchestrator containers top</c> on real engines.</summary>
public sealed class TopCommandTests : IDisposable
{
    private const string Variable = "ORCHESTRATOR_DOCKER=";

    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_a_process_uses_is_shown_as_long_as_it_runs()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The program of the instance is a script of /bin/sh.");
        var services = new ServiceCollection();
        services.AddProcessEngine(options => options.StateDirectory = _directory.Combine("instances"));
        await using var provider = services.BuildServiceProvider();
        var engine = provider.GetRequiredService<IContainerEngine>();
        var id = await engine.CreateAsync(Specification("none", "while :; do :; done"), Cancel);
        await engine.StartAsync(id, Cancel);
        await using var choice = new EngineChoice(provider);
        await using var usages = new InstanceUsages(choice.Engines, TimeProvider.System);
        var state = new FixedState();
        state.Tell("w1", TimeProvider.System.GetUtcNow(), Status(id));
        var top = new PoolTop(state, usages, new CliContext(new JsonOutput(TextWriter.Null), null, null, TimeProvider.System));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task? stopping = null;
        var shown = new List<InstanceUsageLine>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => top.FollowAsync(Note, TimeSpan.FromMilliseconds(100), enough.Token));
        await stopping!;
        await engine.RemoveAsync(id, Cancel);

        Assert.Contains(shown, static usage => usage is { ProcessorPercent: > 0, MemoryBytes: > 0, Processes: 1 });
        Assert.Equal(InstanceUsageLine.Unknown("agents-1"), shown[^1]);

        void Note(CliLine line)
        {
            var usage = line.Pools![0].Usage![0];
            shown.Add(usage);
            if (stopping is null && usage.ProcessorPercent > 0)
            {
                stopping = engine.StopAsync(id, TimeSpan.Zero, Cancel).AsTask();
            }
            else if (stopping is not null && usage.MemoryBytes is null)
            {
                enough.Cancel();
            }
        }
    }

    [Fact]
    [Trait("Engine", "Docker")]
    public async Task What_a_container_of_the_configured_docker_engine_uses_is_shown()
    {
        var endpoint = Docker();
        var file = _directory.Combine("settings.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { containers = new { endpoint } }), Cancel);
        using var run = new CommandRunner { Config = file };
        var services = new ServiceCollection();
        services.AddDockerEngine(options => options.Endpoint = endpoint);
        await using var provider = services.BuildServiceProvider();
        var engine = provider.GetRequiredService<IContainerEngine>();
        var id = await engine.CreateAsync(Specification("orchestrator-test/busybox:1", "exec sleep 1000"), Cancel);
        try
        {
            await engine.StartAsync(id, Cancel);
            await TellAsync(run, Status(id));

            var json = Assert.Single(await run.JsonAsync(0, "containers", "top", "--once"));
            var words = await run.WordsAsync(0, "containers", "top", "--once");

            var usage = json.GetProperty("pools")[0].GetProperty("usage")[0];
            Assert.Equal("agents-1", usage.GetProperty("instance").GetString());
            Assert.True(usage.GetProperty("processor_percent").GetDouble() >= 0, $"{usage}");
            Assert.True(usage.GetProperty("memory_bytes").GetInt64() > 0, $"{usage}");
            Assert.Equal(2, usage.GetProperty("processes").GetInt32()); // Its init process, too.
            Assert.Matches(@"agents-1 +ready +0 +0 +\S+ +[0-9.]+ +[0-9]+ \S*B +2 ", words);
        }
        finally
        {
            await engine.RemoveAsync(id, CancellationToken.None);
        }
    }

    private static string Docker()
    {
        var file = Path.Combine(Engines.Cache, "docker.env");
        var found = Environment.GetEnvironmentVariable(Variable[..^1]) is { Length: > 0 } configured
            ? configured
            : !File.Exists(file) ? null
            : Array.Find(File.ReadAllLines(file), static line => line.StartsWith(Variable, StringComparison.Ordinal))?[Variable.Length..].Trim('"', '\'');
        if (found is null)
        {
            const string Reason = "docker is missing; install with: eng/engines.sh docker && eng/test-images.sh";
            Assert.SkipUnless(Engines.AreRequired, Reason);
            Assert.Fail(Reason);
        }

        return found;
    }

    private static ContainerSpecification Specification(string image, string script) => new()
    {
        Name = $"top-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):n}",
        Image = image,
        Command = new CommandLine { Executable = "/bin/sh", Arguments = ["-c", script] },
        Labels = new ValueMap([KeyValuePair.Create("orchestrator.test", "top")]),
    };

    private static PoolStatus Status(string id) => new()
    {
        Pool = "agents",
        Desired = 1,
        Instances = [new InstanceStatus { Name = "agents-1", State = InstanceState.Ready, EngineId = id, StartedAt = TimeProvider.System.GetUtcNow() }],
    };

    private static async Task TellAsync(CommandRunner run, PoolStatus status)
    {
        await using var host = await run.HostAsync();
        await host.Services.GetRequiredService<IContainerPoolState>().SetAsync(
            new PoolStateEntry
            {
                Pool = status.Pool,
                WorkerName = "w1",
                Key = PoolStateEntry.StatusKey,
                Value = OrchestratorJson.Write(status, OrchestratorJsonContext.Default.PoolStatus),
                At = TimeProvider.System.GetUtcNow(),
            },
            Cancel);
    }
}
