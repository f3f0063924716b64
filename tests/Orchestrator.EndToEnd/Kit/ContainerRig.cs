using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd.Kit;

/// <summary>One test's pool of containers, fake model, repository and state, and the command run on them.</summary>
internal sealed class ContainerRig : IAsyncDisposable
{
    public const string Task = "Change line two of FILE={workspace}/hello.txt";

    private readonly JsonObject _pool;

    private ContainerRig(JsonObject pool, DockerProbe docker, FakeModels models) => (_pool, Docker, Models) = (pool, docker, models);

    /// <summary>A user with files of its own for programs that need no more: null, the default, where the tests run as one.</summary>
    public static string? OrdinaryUser => Environment.IsPrivilegedProcess ? "1000:1000" : null;

    /// <summary>The pool's name, of this test alone.</summary>
    public string Pool { get; } = "e2e" + RandomNumberGenerator.GetHexString(8, lowercase: true);

    public CliRig Cli { get; } = new();

    public GitRepository Repository { get; } = SampleRepositories.WithHello();

    public DockerProbe Docker { get; }

    public FakeModels Models { get; }

    /// <summary>Whether verify commands run in the pool; set it before <see cref="Configure"/>.</summary>
    public bool VerifiesInContainers { get; set; } = true;

    /// <summary>Prepares a pool of an image of <c>eng/test-images.sh</c>; skips or fails the test when that is missing.</summary>
    /// <param name="image">The image.</param>
    /// <param name="user">Who its programs run as; <see langword="null"/> for the default.</param>
    /// <param name="memoryMiB">How much memory an instance may have.</param>
    public static async Task<ContainerRig> StartAsync(string image, string? user = null, int memoryMiB = 1024)
    {
        var docker = new DockerProbe();
        try
        {
            var pool = new JsonObject { ["image"] = await docker.RequireImageAsync(image), ["user"] = user, ["memoryBytes"] = memoryMiB * 1024L * 1024, ["maxInstances"] = 1 };
            return new ContainerRig(pool, docker, await FakeModels.StartAsync(TestContext.Current.CancellationToken));
        }
        catch
        {
            docker.Dispose();
            throw;
        }
    }

    /// <summary>Writes a configuration with these providers and the pool.</summary>
    public string Configure(params (string Name, JsonObject Settings)[] providers) => WriteSettings(false, providers);

    /// <summary>With the pool for <c>work</c> too.</summary>
    public string ConfigureForWork(params (string Name, JsonObject Settings)[] providers) => WriteSettings(true, providers);

    public Task<CliResult> RunAsync(string config, params string[] more) => Cli.RunAsync(Arguments(config, more));

    public RunningProgram Start(string config, params string[] more) => Cli.Start([.. Arguments(config, more), "--json"]);

    /// <summary>Waits until the fake model was asked something that its log shows.</summary>
    public Task UntilAskedAsync(string what, RunningProgram program) =>
        UntilAsync(program, () => ValueTask.FromResult(Models.Log().Contains(what, StringComparison.Ordinal)));

    /// <summary>Waits until something is so; fails when the program ends before.</summary>
    public static async Task UntilAsync(RunningProgram program, Func<ValueTask<bool>> isSo)
    {
        var exited = program.WaitAsync(TestContext.Current.CancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await isSo())
        {
            Assert.False(exited.IsCompleted, program.Output + program.Errors);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The key reached the model and nothing else: no output, no file.</summary>
    public void AssertKeyIsNowhere(string key, CliResult result)
    {
        Assert.DoesNotContain(key, result.Output + result.Errors, StringComparison.Ordinal);
        Assert.Empty(SecretSearch.Find([key], Cli.State, Cli.Home, Repository.Path));
        Assert.Contains(key, Models.Log(), StringComparison.Ordinal);
    }

    /// <summary>Neither what the engine says of the one container at work nor any file that it shares with this machine holds the key.</summary>
    /// <returns>What the engine says.</returns>
    public async Task<string> AssertContainerHasNoKeyAsync(string key)
    {
        var told = await Docker.DescribeAsync(Assert.Single(await Docker.ContainersAsync(Pool)));
        Assert.Empty(SecretSearch.In(told, [key]));
        Assert.Contains("\"NetworkMode\":\"none\"", told, StringComparison.Ordinal);

        // Reads what the agent holds locked, too, as .NET would not.
        using var grep = Process.Start(new ProcessStartInfo("grep", ["-rlaF", "-D", "skip", "-e", key, "--", Assert.Single(Directories())]) { RedirectStandardOutput = true })!;
        var found = await grep.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await grep.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(grep.ExitCode <= 1, "grep could not read everything.");
        Assert.Equal("", found);
        return told;
    }

    public async Task AssertNothingLeftAsync()
    {
        Cli.AssertNothingLeft();
        Assert.Empty(await Docker.ContainersAsync(Pool));
        Assert.Empty(Directories());
    }

    /// <summary>What the pool's instances share with this machine.</summary>
    public string[] Directories() => Path.Combine(Cli.State, "containers") is var all && Directory.Exists(all)
        ? Directory.GetDirectories(all, Pool + "-*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
        : [];

    public async ValueTask DisposeAsync()
    {
        await Models.DisposeAsync();
        foreach (var left in await Docker.ContainersAsync(Pool))
        {
            await Docker.RemoveAsync(left);
        }

        Docker.Dispose();
        Repository.Dispose();
        Cli.Dispose();
    }

    private string WriteSettings(bool isForWork, (string Name, JsonObject Settings)[] providers)
    {
        var settings = JsonNode.Parse(File.ReadAllText(Cli.ConfigureProviders(providers)))!;
        settings["containers"] = new JsonObject
        {
            ["endpoint"] = Docker.Endpoint,
            ["agentPool"] = isForWork ? Pool : null,
            ["verify"] = VerifiesInContainers,
            ["pools"] = new JsonObject { [Pool] = _pool.DeepClone() },
        };
        return Cli.Configure(settings.ToJsonString());
    }

    private string[] Arguments(string config, string[] more) => ["run", "--repo", Repository.Path, "--task", Task, "--config", config, "--container", Pool, .. more];
}
