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

        Assert.Equal(Expected.ReplaceLineEndings("\n"), string.Join('\n', trace));
    }

    private const string Expected =
        """
           0 s:  0 leases,  0 waiting →  0 + 1 warm, Steady
           1 s:  0 leases,  1 waiting →  1 + 1 warm, Load
           5 s:  1 leases,  0 waiting →  1 + 1 warm, Steady
          60 s:  4 leases,  1 waiting →  2 + 1 warm, Load
          90 s:  8 leases,  0 waiting →  2 + 1 warm, Steady
         120 s:  9 leases,  0 waiting →  3 + 1 warm, Load
         121 s:  8 leases,  0 waiting →  3 + 1 warm, Stabilising
         150 s: 10 leases, 40 waiting →  7 + 1 warm, StepLimit
         151 s: 15 leases, 35 waiting →  7 + 1 warm, StepLimit
         165 s: 35 leases, 15 waiting → 12 + 0 warm, Maximum
         180 s: 40 leases,  0 waiting → 12 + 0 warm, Stabilising
         240 s: 44 leases,  0 waiting → 12 + 0 warm, Steady
         300 s: 20 leases,  0 waiting → 12 + 0 warm, Stabilising
         465 s:  8 leases,  0 waiting → 12 + 0 warm, Stabilising
         539 s:  8 leases,  0 waiting → 12 + 0 warm, Stabilising
         540 s:  8 leases,  0 waiting →  5 + 1 warm, Stabilising
         600 s:  3 leases,  0 waiting →  2 + 1 warm, Stabilising
         840 s:  3 leases,  0 waiting →  1 + 1 warm, Load
         900 s:  0 leases,  0 waiting →  1 + 1 warm, Stabilising
        1140 s:  0 leases,  0 waiting →  1 + 1 warm, Idle
        1439 s:  0 leases,  0 waiting →  1 + 1 warm, Idle
        1440 s:  0 leases,  0 waiting →  0 + 1 warm, Load
        1441 s:  0 leases,  2 waiting →  1 + 1 warm, Load
        """;
}
