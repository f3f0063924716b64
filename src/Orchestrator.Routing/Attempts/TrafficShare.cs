namespace Orchestrator.Routing.Attempts;

/// <summary>Lets something happen as a share of the traffic, and a few times a minute in any case: retries must not make an outage worse.</summary>
/// <remarks>Thread-safe. Every first attempt pays its share in, every retry takes one out; what is paid in is capped at a hundred.</remarks>
internal sealed class TrafficShare(TimeProvider time)
{
    private const double MostSaved = 100;

    private readonly Lock _lock = new();
    private double _saved;
    private long _minute;
    private int _freeTaken;

    public void Pay(double share)
    {
        lock (_lock)
        {
            _saved = Math.Min(MostSaved, _saved + share);
        }
    }

    /// <summary>Takes one out; false when nothing is left.</summary>
    public bool TryTake(int freeEachMinute)
    {
        var minute = time.GetUtcNow().UtcTicks / TimeSpan.TicksPerMinute;
        lock (_lock)
        {
            if (minute != _minute)
            {
                (_minute, _freeTaken) = (minute, 0);
            }

            if (_saved >= 1)
            {
                _saved--;
                return true;
            }

            if (_freeTaken >= freeEachMinute)
            {
                return false;
            }

            _freeTaken++;
            return true;
        }
    }
}
