using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Containers;

namespace Orchestrator.Benchmarks.Containers;

/// <summary>How long a pool takes to its first lease on a real Docker Engine, beside the engine's own creation and start, in interleaved rounds, as one Markdown table.</summary>
internal static class ContainerStartReport
{
    private const string Usage = "Usage: --containers [ROUNDS], from 1 to 99; needs ORCHESTRATOR_DOCKER (eng/engines.sh docker) and the test image (eng/test-images.sh)";
    private const string Pool = "first";

    private static readonly string[] Command = ["httpd", "-f", "-p", "8080", "-h", "/var/www"];

    /// <returns>The exit code: 0, or 2 for arguments that say nothing and for a machine that lacks something.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var rounds = 15;
        if (Environment.GetEnvironmentVariable("ORCHESTRATOR_DOCKER") is not { Length: > 0 } endpoint
            || (arguments.Count > 0 && !(int.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out rounds) && rounds is >= 1 and <= 99)))
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        List<double> engine = [], running = [], answering = [];
        for (var round = -1; round < rounds; round++)
        {
            var times = (Engine: await ByEngineAsync(endpoint), Running: await ByPoolAsync(endpoint, isProbed: false), Answering: await ByPoolAsync(endpoint, isProbed: true));
            if (round >= 0) // The first warms up.
            {
                engine.Add(times.Engine);
                running.Add(times.Running);
                answering.Add(times.Answering);
            }
        }

        Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} cores; {rounds} rounds in turns\n");
        Console.WriteLine("| | median, ms | more than the engine (median of the rounds' differences), ms |\n|---|---:|---:|");
        Console.WriteLine(Row("the engine's own create and start", engine, null));
        Console.WriteLine(Row("a pool's start to the first lease", running, engine));
        Console.WriteLine(Row("the same, the instance answering over HTTP", answering, engine));
        return 0;
    }

    private static async Task<double> ByEngineAsync(string endpoint)
    {
        await using var services = new ServiceCollection().AddLogging().AddDockerEngine(options => options.Endpoint = endpoint).BuildServiceProvider();
        var engine = services.GetRequiredService<IContainerEngine>();
        await engine.ListAsync(ValueMap.Empty.With("orchestrator.owner", "none"), CancellationToken.None); // Connects, as the pool's first list does.
        var specification = new ContainerSpecification
        {
            Name = $"first-{Unique():n}",
            Image = "orchestrator-test/busybox:1",
            Command = new CommandLine { Executable = Command[0], Arguments = [.. Command.Skip(1)] },
            Ports = [8080],
            Network = "bridge",
        };
        var began = Stopwatch.GetTimestamp();
        var id = await engine.CreateAsync(specification, CancellationToken.None);
        await engine.StartAsync(id, CancellationToken.None);
        var elapsed = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        await engine.RemoveAsync(id, CancellationToken.None);
        return elapsed;
    }

    private static async Task<double> ByPoolAsync(string endpoint, bool isProbed)
    {
        var collection = new ServiceCollection().AddLogging().AddDockerEngine(options => options.Endpoint = endpoint);
        collection.AddContainerBalancer(static options => (options.Owner, options.StopWithHost) = ($"first-{Unique():n}", true)).AddPool(Pool, pool =>
        {
            (pool.Image, pool.Command, pool.Ports, pool.Network, pool.StopGrace) = ("orchestrator-test/busybox:1", [.. Command], [8080], "bridge", TimeSpan.Zero);
            pool.Startup = isProbed ? new() { HttpPath = "/", Port = 8080, Interval = TimeSpan.FromMilliseconds(50), FailureThreshold = 100 } : null;
        });
        await using var services = collection.BuildServiceProvider();
        var balancer = services.GetRequiredService<IContainerBalancer>();
        var hosted = services.GetServices<IHostedService>().ToList();
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(hosted.Select(static service => service.StartAsync(CancellationToken.None)));
        var acquisition = await balancer.AcquireAsync(new ContainerRequest { Pool = Pool, Timeout = TimeSpan.FromMinutes(1) }, CancellationToken.None);
        var elapsed = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        var isAcquired = acquisition.Lease is not null;
        await (acquisition.Lease?.ReleaseAsync(succeeded: true) ?? ValueTask.CompletedTask);
        await Task.WhenAll(hosted.Select(static service => service.StopAsync(CancellationToken.None)));
        return isAcquired ? elapsed : throw new InvalidOperationException($"There was no lease: {acquisition.Status} {acquisition.Message}");
    }

    private static string Row(string what, List<double> times, List<double>? beside) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {what} | {Median(times):0} | {(beside is null ? "" : Median([.. times.Zip(beside, static (one, other) => one - other)]).ToString("0", CultureInfo.InvariantCulture))} |");

    private static Guid Unique() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    private static double Median(List<double> values)
    {
        values = [.. values.Order()];
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }
}
