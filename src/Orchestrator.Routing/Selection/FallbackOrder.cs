using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Selection;

/// <summary>Who comes next should the chosen one fail: its configured chain first, then the others by score. Only eligible ones; a half-open one is left out, as only a decision may take its probe.</summary>
internal static class FallbackOrder
{
    /// <summary>Fills the order.</summary>
    /// <param name="snapshot">The settings.</param>
    /// <param name="scratch">The eligible candidates and their ranking.</param>
    /// <param name="chosen">The place of the chosen one in the pool.</param>
    /// <param name="order">Where candidates go.</param>
    /// <returns>How many there are.</returns>
    public static int Fill(RoutingSnapshot snapshot, RoutingScratch scratch, int chosen, Span<int> order)
    {
        var pool = scratch.EligibleOnes;
        var count = 0;
        foreach (var next in snapshot.Chains[pool[chosen].Candidate])
        {
            var place = count < order.Length ? CandidateSelector.PlaceOf(pool, next) : Choice.None;
            if (place >= 0 && place != chosen && !pool[place].IsHalfOpen)
            {
                order[count++] = next;
            }
        }

        var chain = order[..count];
        foreach (var place in scratch.Order.AsSpan(0, scratch.Ordered))
        {
            if (count < order.Length && place != chosen && !pool[place].IsHalfOpen && !chain.Contains(pool[place].Candidate))
            {
                order[count++] = pool[place].Candidate;
            }
        }

        return count;
    }
}
