namespace Orchestrator.Containers.Reconciling;

/// <summary>Limits how many instances are being made or started at the same time, over all pools.</summary>
internal sealed class StartSlots(int count)
{
    private readonly Lock _gate = new(); // guards both fields
    private readonly HashSet<Action> _waiting = [];
    private int _free = count;

    /// <summary>Takes a slot, or promises a call when one becomes free.</summary>
    public bool TryTake(Action wake)
    {
        lock (_gate)
        {
            if (_free == 0)
            {
                _waiting.Add(wake);
                return false;
            }

            _free--;
            return true;
        }
    }

    public void Give()
    {
        Action[] waiting;
        lock (_gate)
        {
            _free++;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        foreach (var wake in waiting)
        {
            wake();
        }
    }
}
