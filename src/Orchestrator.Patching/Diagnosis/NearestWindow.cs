namespace Orchestrator.Patching;

/// <summary>Where a pattern comes nearest to fitting.</summary>
/// <param name="Line">The line, counted from 0, of the file at which it would begin.</param>
/// <param name="PatternLine">The first of its lines that differs.</param>
/// <param name="FileLine">The line of the file that stands there instead; the number of lines for the end.</param>
internal readonly record struct NearestWindow(int Line, int PatternLine, int FileLine)
{
    private const int MaxPatternLines = 200;
    private const int MaxChain = 200;
    private const int MaxScannedLines = 100_000;
    private const int Margin = 6;

    public static NearestWindow Find(MatchFile file, TextLines pattern, int hint)
    {
        var begin = ByVotes(file, pattern, hint) ?? BySimilarLine(file.Text, pattern) ?? Math.Clamp(hint, 0, Math.Max(0, file.Text.Count - 1));
        return Align(file.Text, pattern, begin);
    }

    /// <summary>Every line that is in both speaks for a begin; rare ones speak louder.</summary>
    private static int? ByVotes(MatchFile file, TextLines pattern, int hint)
    {
        var table = file.Table(LineForm.Trimmed);
        var votes = new Dictionary<int, int>();
        for (var line = 0; line < Math.Min(pattern.Count, MaxPatternLines); line++)
        {
            var sought = pattern.Form(line, LineForm.Trimmed);
            if (sought.IsEmpty)
            {
                continue;
            }

            var hash = LineHash.Of(sought);
            var weight = table.Count(hash) switch
            {
                <= 1 => 16,
                <= 4 => 8,
                <= 32 => 3,
                _ => 1,
            };
            var looked = 0;
            for (var at = table.First(hash); at >= 0 && looked < MaxChain; at = table.Next(at), looked++)
            {
                if (at >= line && table.Hash(at) == hash)
                {
                    votes[at - line] = votes.GetValueOrDefault(at - line) + weight;
                }
            }
        }

        return votes.Count == 0 ? null : votes.OrderByDescending(static vote => vote.Value).ThenBy(vote => Math.Abs(vote.Key - hint)).First().Key;
    }

    /// <summary>The line that shares most of its begin and end with the pattern's first line that says something.</summary>
    private static int? BySimilarLine(TextLines file, TextLines pattern)
    {
        var first = 0;
        while (first < pattern.Count && pattern.Form(first, LineForm.Trimmed).Length < 3)
        {
            first++;
        }

        if (first >= Math.Min(pattern.Count, MaxPatternLines))
        {
            return null;
        }

        var sought = pattern.Form(first, LineForm.Trimmed);
        int? best = null;
        var bestShared = sought.Length / 2;
        for (var line = first; line < Math.Min(file.Count, MaxScannedLines); line++)
        {
            var there = file.Form(line, LineForm.Trimmed);
            var prefix = there.CommonPrefixLength(sought);
            var suffix = 0;
            while (suffix < Math.Min(64, Math.Min(there.Length, sought.Length) - prefix) && there[^(suffix + 1)] == sought[^(suffix + 1)])
            {
                suffix++;
            }

            if (prefix + suffix > bestShared)
            {
                (best, bestShared) = (line - first, prefix + suffix);
            }
        }

        return best;
    }

    /// <summary>Aligns the pattern with the lines around the begin by their longest common subsequence, and walks to the first difference.</summary>
    private static NearestWindow Align(TextLines file, TextLines pattern, int begin)
    {
        var rows = Math.Min(pattern.Count, MaxPatternLines);
        var from = Math.Max(0, begin - Margin);
        var columns = Math.Max(0, Math.Min(file.Count, begin + rows + Margin) - from);
        var longest = new int[rows + 1, columns + 1];
        for (var row = rows - 1; row >= 0; row--)
        {
            for (var column = columns - 1; column >= 0; column--)
            {
                longest[row, column] = pattern.Content(row).SequenceEqual(file.Content(from + column))
                    ? longest[row + 1, column + 1] + 1
                    : Math.Max(longest[row + 1, column], longest[row, column + 1]);
            }
        }

        // The place begins at the first common line, less the lines of the pattern that come before it.
        int at = 0, first = 0;
        if (longest[0, 0] == 0)
        {
            return new NearestWindow(begin, 0, Math.Min(begin, file.Count));
        }

        while (longest[at + 1, first] == longest[at, first])
        {
            at++;
        }

        while (longest[at, first + 1] == longest[at, first])
        {
            first++;
        }

        var line = Math.Max(0, from + first - at);
        if (at > 0)
        {
            return new NearestWindow(line, 0, line);
        }

        var equal = 0;
        while (equal < rows && line + equal < file.Count && pattern.Content(equal).SequenceEqual(file.Content(line + equal)))
        {
            equal++;
        }

        return new NearestWindow(line, equal, line + equal);
    }
}
