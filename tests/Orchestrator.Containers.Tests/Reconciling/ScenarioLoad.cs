using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Orchestrator.Containers.Tests.Reconciling;

/// <summary>Callers that lease and release while instances are killed at random.</summary>
internal sealed class ScenarioLoad(ScenarioHost host, int callers, int leases, int instances)
{
    private const int MinKills = 3;

    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<string, int> _served = new(StringComparer.Ordinal);
    private ImmutableHashSet<string> _dead = [];
    private volatile bool _isWhole;
    private volatile int _kills;
    private int _asked;

    public ConcurrentBag<AcquisitionStatus> Outcomes { get; } = [];

    /// <summary>Leases on instances that were known to be dead before they were asked for.</summary>
    public ConcurrentBag<string> DeadLeases { get; } = [];

    public int Kills => _kills;

    /// <summary>Leases of each instance by name, of the times at which all instances served.</summary>
    public IReadOnlyDictionary<string, int> Served => _served;

    public async Task RunAsync(Random random)
    {
        using var ended = new CancellationTokenSource();
        var killer = Task.Run(() => KillAsync(random, ended.Token));
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(CallAsync))).WaitAsync(Patience, TimeProvider.System);
        await ended.CancelAsync();
        await killer;
    }

    private async Task CallAsync()
    {
        while (Interlocked.Increment(ref _asked) <= leases || _kills < MinKills)
        {
            var dead = Volatile.Read(ref _dead);
            var isWhole = _isWhole;
            var acquisition = await host.Balancer.AcquireAsync(new ContainerRequest { Pool = ScenarioHost.Pool, Timeout = TimeSpan.FromSeconds(30) }, CancellationToken.None);
            Outcomes.Add(acquisition.Status);
            if (acquisition.Lease is not { } lease)
            {
                continue;
            }

            if (dead.Contains(lease.EngineId))
            {
                DeadLeases.Add(lease.Instance);
            }

            if (isWhole && _isWhole)
            {
                _served.AddOrUpdate(lease.Instance, 1, static (_, count) => count + 1);
            }

            await Task.Delay(Hold, TimeProvider.System, CancellationToken.None);
            await lease.ReleaseAsync(succeeded: true);
        }
    }

    /// <summary>Kills one instance after the other, each when all serve.</summary>
    private async Task KillAsync(Random random, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            var serving = host.Balancer.GetStatus(ScenarioHost.Pool)!.Instances.Where(instance => instance.State is InstanceState.Ready or InstanceState.Busy).ToList();
            if (serving.Count < instances)
            {
                await ScenarioHost.PauseAsync();
                continue;
            }

            _isWhole = true;
            await Task.Delay(Quiet, TimeProvider.System, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _isWhole = false;
            var victim = serving[random.Next(serving.Count)];
            await host.Engine.StopAsync(victim.EngineId!, TimeSpan.Zero, CancellationToken.None);
            await host.UntilAsync(status => status.Instances.Single(instance => instance.Name == victim.Name) is var now
                && (now.EngineId != victim.EngineId || now.State is not (InstanceState.Ready or InstanceState.Busy)));
            Volatile.Write(ref _dead, _dead.Add(victim.EngineId!));
            _kills++;
        }
    }
}
