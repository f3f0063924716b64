using System.Text;

namespace Orchestrator.Patching;

/// <summary>Finds the lines that an edit names before its place: each one the first behind the one before that is equal in the most exact form.</summary>
internal static class AnchorSearch
{
    private static readonly LineForm[] Forms = [LineForm.Content, LineForm.TrimmedEnd, LineForm.Trimmed, LineForm.Folded];

    /// <summary>Looks for the anchors.</summary>
    /// <returns>The line, counted from 0, behind the last anchor, -1 when one of them is not there; and whether the first of them stands more than once, so that it leads to no one place.</returns>
    public static (int Line, bool IsAmbiguous) Behind(MatchFile file, string anchor, int from)
    {
        bool? isAmbiguous = null;
        using var lines = new TextLines(Encoding.UTF8.GetBytes(anchor));
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines.Content(i).Trim(" \t"u8).IsEmpty)
            {
                continue;
            }

            var (found, form) = Forms.Select(form => (Line: First(file, lines, i, form, from), Form: form)).FirstOrDefault(static place => place.Line >= 0, (-1, default));
            if (found < 0)
            {
                return (-1, false);
            }

            from = found + 1;
            isAmbiguous ??= First(file, lines, i, form, from) >= 0;
        }

        return (from, isAmbiguous == true);
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
