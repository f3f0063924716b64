using Orchestrator.Secrets;

namespace Orchestrator.Providers.Processes;

/// <summary>Keeps the last lines of a text within a bound. Guarded by its own lock: the reader writes while others read.</summary>
/// <param name="maxLength">The most characters.</param>
/// <param name="redactor">Takes secrets out of a line before it is cut: of one that is cut in two, nobody would know the rest.</param>
internal sealed class TextTail(int maxLength, ISecretRedactor? redactor = null)
{
    private readonly Lock _gate = new(); // Guards the two fields below.
    private readonly Queue<string> _lines = new();
    private int _length;

    public void Add(string line)
    {
        var kept = line.Length > maxLength ? End(redactor?.Redact(line) ?? line) : line;
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

    private string End(string line)
    {
        // Not between the two halves of a character.
        var start = Math.Max(0, line.Length - maxLength);
        return line[(start < line.Length && char.IsLowSurrogate(line[start]) ? start + 1 : start)..];
    }
}
