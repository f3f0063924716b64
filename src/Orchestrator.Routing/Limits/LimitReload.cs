using Orchestrator.Providers;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Limits;

/// <summary>What new settings do to the limits of a minute: one that is gone or was raised starts anew, so that no wait of the old one lasts on; one that was lowered goes on.</summary>
internal static class LimitReload
{
    public static void Apply(ProviderState[] states, RoutingSnapshot before, RoutingSnapshot after)
    {
        for (var i = 0; i < states.Length; i++)
        {
            var (was, now) = (LimitsOf(before, i), LimitsOf(after, i));
            Forget(ref states[i].RequestsFrom, was.RequestsPerMinute, now.RequestsPerMinute);
            Forget(ref states[i].TokensFrom, was.TokensPerMinute, now.TokensPerMinute);
        }
    }

    private static ProviderLimits LimitsOf(RoutingSnapshot snapshot, int candidate) => snapshot.Providers[candidate].Descriptor.Limits;

    private static void Forget(ref long from, long? was, long? now)
    {
        if (now is null || now > was)
        {
            Interlocked.Exchange(ref from, 0);
        }
    }
}
