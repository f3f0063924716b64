using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Scaling;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Tests.Scaling;

/// <summary>The documented trace: a load that rises, bursts and falls, on a clock that the test moves.</summary>
public sealed class ScalingTraceTests
{
    /// <summary>Target 4 leases an instance, 0 to 12 instances, steps of 4 in 15 seconds, 5 minutes of stabilisation, 10 minutes idle, 1 warm.</summary>
    private static readonly ContainerPoolOptions Pool = new()
    {
        Image = "test",
        MinInstances = 0,
        MaxInstances = 12,
        WarmInstances = 1,
        HardLimit = 5,
        TargetLoad = 4,
        IdleTime = TimeSpan.FromMinutes(10),
    };

    [Fact]
    public void A_load_that_rises_bursts_and_falls_gives_exactly_this_trace()
    {
        var time = new ManualTimeProvider();
        var plan = new ScalingPlan(Pool);
        var trace = new List<string>();

        // (seconds since the start, leases, waiting)
        foreach (var (at, leases, waiting) in new[]
        {
            (0, 0, 0), (1, 0, 1), (5, 1, 0), (60, 4, 1), (90, 8, 0), (120, 9, 0), (121, 8, 0), (150, 10, 40), (151, 15, 35), (165, 35, 15), (180, 40, 0), (240, 44, 0), (300, 20, 0), (465, 8, 0), (539, 8, 0), (540, 8, 0), (600, 3, 0),
            (840, 3, 0), (900, 0, 0), (1140, 0, 0), (1439, 0, 0), (1440, 0, 0), (1441, 0, 2),
        })
        {
            time.Advance(ManualTimeProvider.DefaultStart.AddSeconds(at) - time.GetUtcNow());
            var decision = plan.Next(new ScalingInput { Now = time.GetUtcNow(), Leases = leases, Waiting = waiting, BusyInstances = (leases + 4) / 5 });
            trace.Add($"{at,4} s: {leases,2} leases, {waiting,2} waiting → {decision.Desired,2} + {decision.Warm} warm, {decision.Reason}");
        }

        Assert.Equal(Documented(), string.Join('\n', trace));
    }

    private static string Documented()
    {
        const string Fence = "```";
        var lines = File.ReadAllLines(RepositoryRoot.Combine("docs", "containers.md"));
        return string.Join('\n', lines.SkipWhile(line => line != "## Scaling").SkipWhile(line => line != Fence + "text").Skip(1).TakeWhile(line => line != Fence));
    }
}
