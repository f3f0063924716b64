using System.Buffers;

namespace Orchestrator.Patching;

/// <summary>The name of a file as models write it above a block: bare, in backticks or bold, as a heading, with a colon, or behind a fence.</summary>
internal static class FileNameLine
{
    /// <summary>Marks of a sentence that quotes a name, and characters that no system with all of them takes in names.</summary>
    private static readonly SearchValues<char> NotInNames = SearchValues.Create("`\"*?<>|");

    /// <summary>The name in a line; <see langword="null"/> when there is none.</summary>
    public static string? Read(string line)
    {
        line = line.Trim();
        if (line is "" or "...")
        {
            return null;
        }

        if (FenceLength(line) is var fence and > 0)
        {
            var label = line[fence..];
            return label.Contains('.', StringComparison.Ordinal) || label.Contains('/', StringComparison.Ordinal) ? label : null;
        }

        var name = line.TrimEnd(':').TrimStart('#').Trim().Trim('`').Trim('*');
        return name.Length > 0 ? name : null;
    }

    /// <summary>Whether a line stands for a fence, so that the name may be above it.</summary>
    public static bool IsFence(string line) => FenceLength(line.TrimEnd()) > 0;

    /// <summary>Whether text looks like the name of a file rather than like a sentence.</summary>
    public static bool LooksLikeName(string name)
    {
        var isPath = name.Contains('.', StringComparison.Ordinal) || name.Contains('/', StringComparison.Ordinal);
        return name.Length is > 0 and <= 4096 && !name.AsSpan().ContainsAny(NotInNames) && !name.EndsWith('.') && !name.EndsWith('!') && !name.EndsWith('?') && !name.EndsWith(',')
            && (!name.Contains(' ', StringComparison.Ordinal) || (isPath && LastPart(name).Contains('.', StringComparison.Ordinal) && !name.Contains(". ", StringComparison.Ordinal)));
    }

    private static string LastPart(string name) => name[(name.LastIndexOf(' ') + 1)..];

    private static int FenceLength(string line)
    {
        foreach (var tag in (ReadOnlySpan<string>)["```", "<source>", "<code>", "<pre>", "<codeblock>", "<sourcecode>"])
        {
            if (line.StartsWith(tag, StringComparison.Ordinal))
            {
                return tag.Length;
            }
        }

        return 0;
    }
}
