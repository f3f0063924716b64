namespace Orchestrator.Providers.Processes;

/// <summary>Keeps the last lines of a text within a bound. Guarded by its own lock: the reader writes while others read.</summary>
internal sealed class TextTail(int maxLength)
{
    private readonly Lock _gate = new(); // Guards the two fields below.
    private readonly Queue<string> _lines = new();
    private int _length;

    public void Add(string line)
    {
        var kept = line.Length > maxLength ? line[^maxLength..] : line;
        lock (_gate)
        {
            _lines.Enqueue(kept);
            _length += kept.Length + 1;
            while (_length > maxLength + 1 && _lines.Count > 1)
            {
                _length -= _lines.Dequeue().Length + 1;
            }
        }
    }

    public override string ToString()
    {
        lock (_gate)
        {
            return string.Join('\n', _lines);
        }
    }
}
