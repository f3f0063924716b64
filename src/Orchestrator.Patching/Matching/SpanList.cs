namespace Orchestrator.Patching;

/// <summary>A place in the file before and what takes it.</summary>
internal readonly record struct ResolvedSpan(int Start, int Length, ReadOnlyMemory<byte> New, int Edit, bool IsText);

/// <summary>The places of all edits of a file, from which the file after is built in one pass.</summary>
internal sealed class SpanList
{
    private readonly List<ResolvedSpan> _spans = [];

    /// <summary>Adds a place as it is.</summary>
    public void Add(ResolvedSpan span) => _spans.Add(span);

    /// <summary>Adds a place, without the lines at both its ends that stay as they are: edits may share their context.</summary>
    /// <returns>From and to where the file before really changes.</returns>
    public (int Start, int End) Add(ReadOnlySpan<byte> before, ResolvedSpan span)
    {
        var old = before.Slice(span.Start, span.Length);
        var now = span.New.Span;
        var head = Ended(old, old.CommonPrefixLength(now));
        var tail = Tail(old[head..], now[head..]);
        var trimmed = span with { Start = span.Start + head, Length = span.Length - head - tail, New = span.New[head..^tail] };
        _spans.Add(trimmed);
        return (trimmed.Start, trimmed.Start + trimmed.Length);
    }

    /// <summary>Puts the places in order and finds two that overlap. Insertions at one place stay in the order of the patch.</summary>
    /// <returns>The first two that overlap; <see langword="null"/> when none do.</returns>
    public (ResolvedSpan First, ResolvedSpan Second)? Sort()
    {
        if (!IsSorted())
        {
            var sorted = _spans.OrderBy(static span => span.Start).ThenBy(static span => !span.IsText || span.Length > 0).ToList();
            _spans.Clear();
            _spans.AddRange(sorted);
        }

        for (var i = 1; i < _spans.Count; i++)
        {
            if (_spans[i - 1].Start + _spans[i - 1].Length > _spans[i].Start)
            {
                return (_spans[i - 1], _spans[i]);
            }
        }

        return null;
    }

    public byte[] Build(ReadOnlySpan<byte> before)
    {
        var length = (long)before.Length;
        foreach (var span in _spans)
        {
            length += span.New.Length - span.Length;
        }

        var after = GC.AllocateUninitializedArray<byte>(checked((int)length));
        var target = after.AsSpan();
        var read = 0;
        foreach (var span in _spans)
        {
            before[read..span.Start].CopyTo(target);
            target = target[(span.Start - read)..];
            span.New.Span.CopyTo(target);
            target = target[span.New.Length..];
            read = span.Start + span.Length;
        }

        before[read..].CopyTo(target);
        return after;
    }

    /// <summary>How much of a common begin is whole lines.</summary>
    private static int Ended(ReadOnlySpan<byte> text, int common) => text[..common].LastIndexOf((byte)'\n') + 1;

    /// <summary>How much of a common end is whole lines.</summary>
    private static int Tail(ReadOnlySpan<byte> old, ReadOnlySpan<byte> now)
    {
        int common = 0, most = Math.Min(old.Length, now.Length), lines = 0;
        while (common < most && old[^(common + 1)] == now[^(common + 1)])
        {
            if (old[^(common + 1)] == '\n')
            {
                lines = common;
            }

            common++;
        }

        // Where one side is used up, its begin is the begin of a line: what is left of the other must end one.
        var isWhole = common == most && (old.Length == now.Length || (old.Length > most ? old : now)[^(most + 1)] == '\n');
        return isWhole ? common : lines;
    }

    private bool IsSorted()
    {
        for (var i = 1; i < _spans.Count; i++)
        {
            if (_spans[i].Start <= _spans[i - 1].Start)
            {
                return false;
            }
        }

        return true;
    }
}
