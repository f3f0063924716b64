namespace Orchestrator.Routing.Limits;

/// <summary>The limit of executions at the same time.</summary>
internal static class Slots
{
    public static bool TryTake(ref int inFlight, int limit)
    {
        var current = Volatile.Read(ref inFlight);
        while (current < limit)
        {
            var seen = Interlocked.CompareExchange(ref inFlight, current + 1, current);
            if (seen == current)
            {
                return true;
            }

            current = seen;
        }

        return false;
    }

    public static void GiveBack(ref int inFlight) => Interlocked.Decrement(ref inFlight);
}
