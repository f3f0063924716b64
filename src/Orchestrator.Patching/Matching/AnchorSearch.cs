using System.Text;

namespace Orchestrator.Patching;

/// <summary>Finds the lines that an edit names before its place: each one the first behind the one before that is equal in the most exact form.</summary>
internal static class AnchorSearch
{
    private static readonly LineForm[] Forms = [LineForm.Content, LineForm.TrimmedEnd, LineForm.Trimmed, LineForm.Folded];

    /// <summary>The line, counted from 0, behind the last anchor; -1 when one of them is not there.</summary>
    public static int Behind(MatchFile file, string anchor, int from)
    {
        using var lines = new TextLines(Encoding.UTF8.GetBytes(anchor));
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines.Content(i).Trim(" \t"u8).IsEmpty)
            {
                continue;
            }

            var found = Forms.Select(form => First(file, lines, i, form, from)).FirstOrDefault(static line => line >= 0, -1);
            if (found < 0)
            {
                return -1;
            }

            from = found + 1;
        }

        return from;
    }

    private static int First(MatchFile file, TextLines anchors, int anchor, LineForm form, int from)
    {
        var sought = anchors.Form(anchor, form);
        var table = file.Table(form);
        for (var line = table.First(LineHash.Of(sought)); line >= 0; line = table.Next(line))
        {
            file.Budget.Take(1);
            if (line >= from && file.Text.Form(line, form).SequenceEqual(sought))
            {
                return line;
            }
        }

        return -1;
    }
}
