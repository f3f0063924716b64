using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Containers.Leasing;
using Orchestrator.Containers.Pools;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Tests.Leasing;

/// <summary>A pool's leases over instances that exist only in memory, on a clock that a test moves.</summary>
internal sealed class LeasingRig : IDisposable
{
    public LeasingRig(int instances, Action<ContainerPoolOptions>? configure = null, params IInstanceSelectionPolicy[] policies)
    {
        Options.SlowStart = TimeSpan.Zero;
        configure?.Invoke(Options);
        Instances = [.. Enumerable.Range(0, instances).Select(i => NewInstance($"i{i}"))];
        Leases = new PoolLeases("build", Options, policies, Time, seed: 42, NullLogger.Instance);
        Leases.Publish(Instances, panic: false);
    }

    public ContainerPoolOptions Options { get; } = new() { Image = "test" };

    public ManualTimeProvider Time { get; } = new();

    public PoolInstance[] Instances { get; }

    public PoolLeases Leases { get; }

    public static ContainerRequest Request(string? key = null, string? task = null, double seconds = 60) =>
        new() { Pool = "build", AffinityKey = key, TaskId = task, Timeout = TimeSpan.FromSeconds(seconds) };

    public PoolInstance NewInstance(string name) =>
        new(name, Options.SoftLimit ?? Options.HardLimit, Options.HardLimit) { EngineId = $"{name}-1", State = InstanceState.Ready };

    public Task<ContainerAcquisition> AcquireAsync(string? key = null, double seconds = 60) => Leases.AcquireAsync(Request(key, seconds: seconds), TestContext.Current.CancellationToken).AsTask();

    /// <summary>A lease that is there at once.</summary>
    public ContainerLease Acquire(string? key = null, string? task = null)
    {
        var asked = Leases.AcquireAsync(Request(key, task), CancellationToken.None).AsTask();
        Assert.True(asked.IsCompleted, "It would have to wait.");
        var acquisition = asked.GetAwaiter().GetResult();
        Assert.Equal(AcquisitionStatus.Acquired, acquisition.Status);
        return acquisition.Lease!;
    }

    public void Dispose() => Leases.Dispose();
}
