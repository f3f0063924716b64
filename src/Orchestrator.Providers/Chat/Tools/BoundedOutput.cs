using System.Globalization;
using System.Text;

namespace Orchestrator.Providers.Chat.Tools;

/// <summary>Keeps the begin and the end of what a command prints, within a bound however much it prints.</summary>
internal sealed class BoundedOutput(int maxLength)
{
    private readonly StringBuilder _head = new();
    private readonly Queue<string> _tail = new();
    private int _tailLength;
    private long _dropped;

    public void Add(string line)
    {
        var half = maxLength / 2;
        var kept = TextBounds.Line(line, half);
        if (_tail.Count == 0 && _head.Length + kept.Length < half)
        {
            _head.Append(kept).Append('\n');
            return;
        }

        _tail.Enqueue(kept);
        _tailLength += kept.Length + 1;
        while (_tailLength > half && _tail.Count > 1)
        {
            _tailLength -= _tail.Dequeue().Length + 1;
            _dropped++;
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder().Append(_head);
        if (_dropped > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"[… {_dropped} lines left out …]\n");
        }

        return text.AppendJoin('\n', _tail).ToString().TrimEnd('\n');
    }
}
