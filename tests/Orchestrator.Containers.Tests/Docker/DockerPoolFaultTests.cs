using System.Text.Json;
using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Tests.Reconciling;

namespace Orchestrator.Containers.Docker;

[Trait("Engine", "Docker")]
public sealed class DockerPoolFaultTests : PoolFaultScenarios
{
    private const string Fill = "i=0; while [ $i -lt 50 ]; do dd if=/dev/zero of=/scratch/full$i bs=4k 2> /dev/null; i=$((i + 1)); done";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected override ScenarioEngine Open(string? place = null) => DockerScenario.Open();

    [Fact]
    public async Task An_instance_whose_disk_is_full_gets_no_leases_and_is_made_anew()
    {
        await using var host = new ScenarioHost(DockerScenario.Open(), pool =>
        {
            (pool.MinInstances, pool.PanicShare) = (1, 0);
            pool.Tmpfs.Add(new ContainerTmpfs("/scratch", 1 << 20));
            pool.Readiness = Writes(failures: 1);
            pool.Liveness = Writes(failures: 8);
        });
        await host.StartAsync();
        var full = Assert.Single(await host.UntilReadyAsync(1));

        await host.ExecuteAsync(full.EngineId!, Fill);
        await host.UntilAsync(status => status.Instances[0].State == InstanceState.Unhealthy);
        var next = await host.AcquireAsync(); // Waits for the new one.

        Assert.NotEqual(full.EngineId, next.EngineId);
        await host.UntilCheckedAsync(full.Name, ContainerCheckKind.Readiness);
        var told = await host.UntilToldAsync(full.Name, static one => one.To == InstanceState.Stopping);
        Assert.Contains(told, static one => one.To == InstanceState.Unhealthy && one.Reason.Contains("readiness", StringComparison.OrdinalIgnoreCase));
        await host.UntilListedAsync(1);
    }

    [Fact]
    public async Task A_pool_outlives_its_docker_engine_and_leaves_nothing_in_it()
    {
        await using var daemon = new DockerDaemon();
        await daemon.StartAsync(Cancel);
        var docker = daemon.Connect();
        await docker.Images.ImportAsync(TestImage.WithBusyboxAs("sleep"), "sleep:1", ["ENV PATH=/bin"], Cancel);
        await using (var host = new ScenarioHost(
            new ScenarioEngine(docker, static pool => (pool.Image, pool.Command) = ("sleep:1", ["sleep", "1000"])) { ListInterval = TimeSpan.FromSeconds(1) },
            static pool => pool.MinInstances = 2))
        {
            await host.StartAsync();
            var before = await host.UntilReadyAsync(2);
            var lease = await host.AcquireAsync();

            await daemon.KillAsync();
            await host.UntilAsync(static status => status.Problem?.Contains("does not answer", StringComparison.Ordinal) == true);
            await daemon.StartAsync(Cancel);

            await ScenarioHost.UntilLostAsync(lease); // An engine that comes back ends what ran without it, and may call it running for a moment.
            foreach (var instance in before)
            {
                await host.UntilToldAsync(instance.Name, static one => one.To == InstanceState.Stopped);
            }

            await host.UntilAsync(static status => status.Problem is null);
            await host.UntilReadyAsync(2);
            await host.UntilListedAsync(2);
        }

        using var client = daemon.RawClient();
        Assert.Empty(await ReadAsync(client, "containers/json?all=1"));
        Assert.DoesNotContain("Mountpoint", await client.GetStringAsync("http://docker/volumes", Cancel), StringComparison.Ordinal);
        Assert.Equal(["host", "none"], (await ReadAsync(client, "networks")).Select(static network => network.GetProperty("Name").GetString()).Order());
        await daemon.UntilConnectionsAsync(1); // This client's.
    }

    private static ContainerProbeOptions Writes(int failures) => new()
    {
        Command = ["sh", "-c", "echo x > /scratch/$$ && rm /scratch/$$"],
        Interval = TimeSpan.FromMilliseconds(500),
        FailureThreshold = failures,
    };

    private static async Task<List<JsonElement>> ReadAsync(HttpClient client, string path)
    {
        using var document = JsonDocument.Parse(await client.GetStringAsync($"http://docker/{path}", Cancel));
        return [.. document.RootElement.EnumerateArray().Select(static element => element.Clone())];
    }
}
