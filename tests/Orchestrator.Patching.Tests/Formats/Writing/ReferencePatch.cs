using System.Text;

namespace Orchestrator.Patching;

/// <summary>Applies patch sets to files in memory as plainly as can be: exact places only, one at a time.</summary>
internal static class ReferencePatch
{
    public static SortedDictionary<string, string> Apply(IReadOnlyDictionary<string, string> files, PatchSet patch)
    {
        var tree = new SortedDictionary<string, string>(files.ToDictionary(), StringComparer.Ordinal);
        foreach (var file in patch.Files)
        {
            var source = file.OldPath ?? file.Path;
            var before = tree.TryGetValue(source, out var known) ? known : null;
            if (file.Operation is FileOperation.Delete or FileOperation.Rename)
            {
                Assert.True(tree.Remove(source));
            }

            if (file.Operation != FileOperation.Delete)
            {
                tree[file.Path] = file.Content is { } content ? Text(content) : Edit(before ?? "", file.Edits);
            }
        }

        return tree;
    }

    private static string Edit(string text, ValueList<PatchEdit> edits)
    {
        var isText = edits.Any(static edit => edit is { IsText: true, IsInline: false });
        var mark = isText && text.StartsWith('\uFEFF') ? "\uFEFF" : "";
        var lines = text[mark.Length..];
        var isOpen = isText && lines.Length > 0 && !lines.EndsWith('\n');
        lines += isOpen ? "\n" : "";
        var places = edits.Select(edit => (Place: Place(lines, edit), Edit: edit)).OrderBy(static found => found.Place.Start).ToList();
        for (var i = places.Count - 1; i >= 0; i--)
        {
            var ((start, end), edit) = places[i];
            Assert.True(i == 0 || places[i - 1].Place.End <= start);
            lines = lines[..start] + Text(edit.New) + lines[end..];
        }

        return mark + (isOpen && lines.EndsWith('\n') ? lines[..^1] : lines);
    }

    private static (int Start, int End) Place(string text, PatchEdit edit)
    {
        var old = Text(edit.Old);
        if (edit.Range is { } range)
        {
            Assert.Equal((1, 1), (range.StartColumn, range.EndColumn));
            var (start, end) = (Start(text, range.StartLine), Start(text, range.EndLine));
            Assert.True(old.Length == 0 || text[start..end] == old);
            return (start, end);
        }

        if (old.Length == 0)
        {
            Assert.True(edit.AtEnd || text.Length == 0);
            return (text.Length, text.Length);
        }

        var first = Next(text, old, 0, edit);
        Assert.True(first >= 0, old);
        Assert.True(edit.Line is not null || Next(text, old, first + 1, edit) < 0, old);
        var at = edit.Line is { } line ? Start(text, line) : first;
        return (at, at + old.Length);
    }

    /// <summary>Whole lines begin where lines begin.</summary>
    private static int Next(string text, string old, int from, PatchEdit edit)
    {
        var at = text.IndexOf(old, from, StringComparison.Ordinal);
        while (at > 0 && edit is { IsText: true, IsInline: false } && text[at - 1] != '\n')
        {
            at = text.IndexOf(old, at + 1, StringComparison.Ordinal);
        }

        return at;
    }

    private static int Start(string text, int line)
    {
        var at = 0;
        for (var i = 1; i < line && at < text.Length; i++)
        {
            var end = text.IndexOf('\n', at);
            at = end < 0 ? text.Length : end + 1;
        }

        return at;
    }

    private static string Text(PatchContent content) => Encoding.UTF8.GetString(content.Bytes.Span);
}
