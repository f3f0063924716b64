using System.Globalization;
using Orchestrator.Containers.Reconciling;
using Orchestrator.Containers.Tests.Scripted;

namespace Orchestrator.Containers.Tests.Reconciling;

/// <summary>Whatever happens, by seed: after it stops, the pool is what it shall be.</summary>
public sealed class PoolFaultTests
{
    private const int QuickSeeds = 1_000;
    private const int LongSeeds = 10_000;

    [Fact]
    public void After_faults_of_every_kind_the_pool_returns_to_what_it_shall_be()
    {
        var seeds = Environment.GetEnvironmentVariable("ORCHESTRATOR_LONG") is "1" ? LongSeeds : QuickSeeds;
        var failures = new List<string>();

        for (var seed = 0; seed < seeds && failures.Count < 3; seed++)
        {
            try
            {
                new PoolFaults(seed).Run();
            }
            catch (Exception error)
            {
                failures.Add(string.Create(CultureInfo.InvariantCulture, $"Seed {seed}: {error}"));
            }
        }

        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
    }

    [Theory]
    [InlineData(CallFault.FailBefore)]
    [InlineData(CallFault.FailAfter)]
    [InlineData(CallFault.Hang)]
    [InlineData(CallFault.HangAfter)]
    [InlineData(CallFault.HangDeaf)]
    [InlineData(CallFault.LieDone)]
    internal void Each_kind_of_fault_of_each_call_heals(CallFault fault)
    {
        foreach (var call in (string[])["create", "start", "stop", "remove", "inspect", "list", "watch", "pause", "resume"])
        {
            var rig = new PoolRig(pool => (pool.MinInstances, pool.WarmInstances, pool.EngineTimeout) = (2, 1, TimeSpan.FromSeconds(5)), seed: 3);
            rig.Engine.Fault = (asked, _) => asked == call ? fault : null;
            rig.Run(40);
            if (rig.Engine.Instances.FirstOrDefault(instance => instance.State == ContainerState.Running) is { } victim)
            {
                rig.Engine.Exit(victim, 1);
            }

            rig.Tell(new ScaleAsked(3));
            rig.Run(20);
            rig.Tell(new ScaleAsked(2));
            rig.Run(20);

            rig.Engine.Fault = null;
            rig.Until(() => rig.Status.Problem is null && rig.Engine.Instances.Count == 3);

            Assert.True(rig.Status.Problem is null, $"{call} {fault}: {rig.Status.Problem}");
            Assert.True(rig.Engine.Instances.Count == 3, $"{call} {fault}: {string.Join("; ", rig.Engine.Instances.Select(instance => instance.Status()))}");
            Assert.Equal(2, rig.Status.Instances.Count(instance => instance.State == InstanceState.Ready));
        }
    }
}
