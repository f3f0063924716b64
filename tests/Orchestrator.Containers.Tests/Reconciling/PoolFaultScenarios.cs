using System.Globalization;
using System.Net.Sockets;
using Orchestrator.Containers.Engines;
using Orchestrator.Containers.Tests.Scripted;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Tests.Reconciling;

/// <summary>What goes wrong with real instances and real orchestrators, and how a pool gets over it: derived once for each real engine.</summary>
public abstract class PoolFaultScenarios
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An engine; the same one again, for another process, when <paramref name="place"/> tells where.</summary>
    protected abstract ScenarioEngine Open(string? place = null);

    [Fact]
    public async Task An_instance_that_hangs_loses_its_lease_and_is_made_anew()
    {
        var engine = Open();
        await using var host = new ScenarioHost(engine, pool =>
        {
            pool.MinInstances = 2;
            pool.Liveness = new() { HttpPath = "/", Port = 8080, Interval = Second / 5, Timeout = Second, FailureThreshold = 2 };
        });
        await host.StartAsync();
        await host.UntilReadyAsync(2);
        var lease = await host.AcquireAsync();

        await host.ExecuteAsync(lease.EngineId, engine.HangScript);
        await ScenarioHost.UntilLostAsync(lease);

        await host.UntilReadyAsync(2);
        await host.UntilAsync(status => status.Instances.Single(instance => instance.Name == lease.Instance) is { Restarts: > 0 } again && again.EngineId != lease.EngineId);
        var check = await host.UntilCheckedAsync(lease.Instance, ContainerCheckKind.Liveness);
        var told = await host.UntilToldAsync(lease.Instance, one => one.To == InstanceState.Stopping);
        Assert.NotEmpty(check.Message!);
        Assert.Contains("liveness", told.First(one => one.To == InstanceState.Stopping).Reason, StringComparison.OrdinalIgnoreCase);
        await host.UntilListedAsync(2);
    }

    [Fact]
    public async Task Instances_that_crash_at_their_start_are_tried_rarely_and_serve_once_the_cause_is_gone()
    {
        using var shared = new TemporaryDirectory();
        var engine = Open();
        await using var host = new ScenarioHost(engine, pool =>
        {
            var directory = engine.Share(pool, shared.Path);
            var command = EngineSandbox.Shell($"[ -e {directory}/repaired ] || exit 3; {engine.ServeScript}");
            (pool.MinInstances, pool.Command) = (1, [command.Executable, .. command.Arguments]);
            (pool.Restart.Budget, pool.Restart.MaxDelay, pool.Restart.HealthyAfter) = (2, TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(1));
        });
        await host.StartAsync();

        var looping = await host.UntilAsync(status => status.Instances.Any(instance => instance.State == InstanceState.CrashLoop));
        var refused = await host.Balancer.AcquireAsync(new ContainerRequest { Pool = ScenarioHost.Pool, Timeout = TimeSpan.FromMinutes(1) }, Cancel);
        await File.WriteAllTextAsync(shared.Combine("repaired"), "", Cancel);

        var ready = Assert.Single(await host.UntilReadyAsync(1));
        var told = await host.UntilToldAsync(ready.Name, one => one.To == InstanceState.Ready);
        Assert.Contains("exit code 3", looping.Problem, StringComparison.Ordinal);
        Assert.Equal(AcquisitionStatus.PoolFailed, refused.Status);
        Assert.Contains(told, one => one.To == InstanceState.CrashLoop && one.Reason.Contains("exit code 3", StringComparison.Ordinal));
        await host.UntilAsync(status => status.Problem is null);
        await host.UntilListedAsync(1);
    }

    [Fact]
    public async Task A_death_that_the_silent_engine_does_not_tell_is_found_by_the_list()
    {
        var engine = Open();
        await using var host = new ScenarioHost(
            engine with { Engine = new SilentEngine(engine.Engine), ListInterval = Second },
            pool => (pool.MinInstances, pool.Liveness) = (2, null));
        await host.StartAsync();
        await host.UntilReadyAsync(2);
        var lease = await host.AcquireAsync();

        await host.Engine.StopAsync(lease.EngineId, TimeSpan.Zero, Cancel);
        await ScenarioHost.UntilLostAsync(lease);

        await host.UntilAsync(status => status.Instances.Single(instance => instance.Name == lease.Instance).Restarts == 1);
        await host.UntilReadyAsync(2);
        await host.UntilToldAsync(lease.Instance, one => one.To == InstanceState.Stopped);
        await host.UntilListedAsync(2);
    }

    [Fact]
    public async Task An_orchestrator_that_is_killed_leaves_what_the_next_one_takes_over()
    {
        const int Instances = 3;
        var engine = Open() with { ListInterval = Second };
        await using var host = new ScenarioHost(engine, static pool => (pool.MinInstances, pool.HardLimit) = (Instances, 2));
        using var orchestrator = new ScenarioOrchestrator(
            string.Create(CultureInfo.InvariantCulture, $"{GetType().FullName}.{nameof(Orchestrator_until_it_is_killed)}"), engine);

        while ((await AnsweringAsync(engine)).Count == 0)
        {
            Assert.False(orchestrator.HasExited, "The orchestrator ended by itself.");
            await ScenarioHost.PauseAsync();
        }

        await orchestrator.KillAsync(); // Some serve, some may be half made.
        var served = await AnsweringAsync(engine);
        await host.StartAsync();

        var ready = (await host.UntilReadyAsync(Instances)).Select(instance => instance.EngineId!).ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(served);
        Assert.Subset(ready, served);
        foreach (var kept in host.Balancer.GetStatus(ScenarioHost.Pool)!.Instances.Where(instance => served.Contains(instance.EngineId!)))
        {
            await host.UntilToldAsync(kept.Name, static one => one.Reason == "it was found");
        }

        await host.UntilListedAsync(Instances);
    }

    /// <summary>Not a test of its own: what the test above runs in another process, and kills.</summary>
    [Fact(Explicit = true)]
    public async Task Orchestrator_until_it_is_killed()
    {
        var (owner, place) = ScenarioOrchestrator.Told;
        await using var engine = Open(place) with { Owner = owner };
        await using var host = new ScenarioHost(engine, static pool => pool.MinInstances = 3, stopsWithHost: false);
        await host.StartAsync();

        await ScenarioOrchestrator.UntilAloneAsync(Cancel);
    }

    /// <summary>What runs and takes connections: an instance that is half started does not, and ends with who starts it.</summary>
    private static async Task<HashSet<string>> AnsweringAsync(ScenarioEngine engine)
    {
        var answering = new HashSet<string>(StringComparer.Ordinal);
        foreach (var status in (await engine.ListAsync()).Where(static status => status is { State: ContainerState.Running, Endpoints.Count: > 0 }))
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(status.Endpoints[0].Host, status.Endpoints[0].HostPort, Cancel);
                answering.Add(status.Id);
            }
            catch (SocketException)
            {
                continue; // Not yet.
            }
        }

        return answering;
    }
}
