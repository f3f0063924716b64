using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Containers;

// A host that wants nothing but a pool, of processes: one instance, one lease.
var directory = Directory.CreateTempSubdirectory("containers-smoke-");
var services = new ServiceCollection();
services.AddProcessEngine(options => options.StateDirectory = directory.FullName);
services.AddContainerBalancer(options => options.StopWithHost = true).AddPool("sleepers", pool => (pool.Image, pool.Command, pool.MinInstances) = ("none", ["sleep", "1000"], 1));
await using var provider = services.BuildServiceProvider();

var hosted = provider.GetServices<IHostedService>().ToList();
await Task.WhenAll(hosted.Select(service => service.StartAsync(CancellationToken.None)));
var balancer = provider.GetRequiredService<IContainerBalancer>();
var acquisition = await balancer.AcquireAsync(new ContainerRequest { Pool = "sleepers", Timeout = TimeSpan.FromSeconds(60) }, CancellationToken.None);
Console.WriteLine($"{acquisition.Status}: {acquisition.Lease?.Instance}");
if (acquisition.Lease is { } lease)
{
    await lease.ReleaseAsync(succeeded: true);
}

await Task.WhenAll(hosted.Select(service => service.StopAsync(CancellationToken.None)));
var left = directory.EnumerateFileSystemInfos().Count();
directory.Delete(recursive: true);
return acquisition.Status == AcquisitionStatus.Acquired && left == 0 ? 0 : 1;
