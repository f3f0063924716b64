namespace Orchestrator.Queue.Signals;

/// <summary>Signals by key, for as long as somebody watches.</summary>
internal sealed class SignalMap(TimeProvider time)
{
    private readonly Lock _gate = new(); // guards _watched
    private readonly Dictionary<string, Signal[]> _watched = new(StringComparer.Ordinal);
    private int _count;

    public Signal Watch(string key)
    {
        var signal = new Signal(time, stopped => Forget(key, stopped));
        lock (_gate)
        {
            _watched[key] = _watched.TryGetValue(key, out var signals) ? [.. signals, signal] : [signal];
            Volatile.Write(ref _count, _watched.Count);
        }

        return signal;
    }

    public void Set(string key)
    {
        // Most tasks have nobody who waits for them.
        if (Volatile.Read(ref _count) == 0)
        {
            return;
        }

        Signal[]? signals;
        lock (_gate)
        {
            _watched.TryGetValue(key, out signals);
        }

        foreach (var signal in signals ?? [])
        {
            signal.Set();
        }
    }

    public void SetAll()
    {
        Signal[] signals;
        lock (_gate)
        {
            signals = [.. _watched.Values.SelectMany(watched => watched)];
        }

        foreach (var signal in signals)
        {
            signal.Set();
        }
    }

    private void Forget(string key, Signal signal)
    {
        lock (_gate)
        {
            if (_watched.TryGetValue(key, out var signals))
            {
                Signal[] left = [.. signals.Where(other => other != signal)];
                if (left.Length == 0)
                {
                    _watched.Remove(key);
                }
                else
                {
                    _watched[key] = left;
                }

                Volatile.Write(ref _count, _watched.Count);
            }
        }
    }
}
