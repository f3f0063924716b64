namespace Orchestrator.Storage.Sqlite;

/// <summary>Works that wait for a task of a queue; each runs once, in the transaction that adds one.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SqliteStandbys
{
    private readonly Lock _gate = new(); // guards the fields below
    private readonly Dictionary<string, List<ISqliteWrite>> _waiting = new(StringComparer.Ordinal);
    private bool _isClosed;

    /// <summary>Lets a work wait until a task is added or its caller gives up.</summary>
    /// <returns>False when the writer is closed.</returns>
    public bool Add(string queue, ISqliteWrite write)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return false;
            }

            if (!_waiting.TryGetValue(queue, out var writes))
            {
                _waiting[queue] = writes = [];
            }

            writes.RemoveAll(static other => other.IsCancelled);
            writes.Add(write);
            return true;
        }
    }

    /// <summary>Takes the work that has waited longest for a task of a queue; <see langword="null"/> when there is none.</summary>
    public ISqliteWrite? Take(string queue)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(queue, out var writes))
            {
                return null;
            }

            writes.RemoveAll(static other => other.IsCancelled);
            if (writes.Count == 0)
            {
                _waiting.Remove(queue);
                return null;
            }

            var first = writes[0];
            writes.RemoveAt(0);
            return first;
        }
    }

    /// <summary>Takes no more, and takes out all that wait.</summary>
    public List<ISqliteWrite> Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            var left = _waiting.Values.SelectMany(static writes => writes).ToList();
            _waiting.Clear();
            return left;
        }
    }
}
