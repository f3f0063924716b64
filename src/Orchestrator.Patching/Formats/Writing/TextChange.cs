using System.Text.Unicode;

namespace Orchestrator.Patching;

/// <summary>A changed file as the text formats can say it: no links, no modes, no binary files; a copy is a new file.</summary>
internal sealed record TextChange(FileOperation Operation, string Path, string? OldPath, ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> After, string? BeforeHash)
{
    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    /// <summary>Reads a pair; <see langword="null"/> when nothing changes.</summary>
    /// <exception cref="PatchingException">The pair is more than text.</exception>
    public static TextChange? Of(FilePair pair, PatchFormat format)
    {
        var path = pair.Patch.Path;
        var (before, after) = pair.Patch.Operation == FileOperation.Copy ? (null, pair.After) : (pair.Before, pair.After);
        if (before?.Kind == EntryKind.Link || after?.Kind == EntryKind.Link)
        {
            throw Inexpressible(format, path, "it is a symbolic link");
        }

        if (after is not null && after.IsExecutable != (before?.IsExecutable ?? false))
        {
            throw Inexpressible(format, path, "its mode changes");
        }

        if (IsBinary(before) || IsBinary(after))
        {
            throw Inexpressible(format, path, "it is not text");
        }

        var oldPath = before is not null && pair.Patch.OldPath is { } name && name != path ? name : null;
        var operation = (before, after, oldPath) switch
        {
            (null, _, _) => FileOperation.Create,
            (_, null, _) => FileOperation.Delete,
            (_, _, not null) => FileOperation.Rename,
            _ => FileOperation.Modify,
        };
        return operation == FileOperation.Modify && FileImage.Same(before, after)
            ? null
            : new TextChange(operation, path, oldPath, before?.Bytes ?? default, after?.Bytes ?? default, before?.Hash);
    }

    public static PatchingException Inexpressible(PatchFormat format, string path, string why) =>
        new(PatchingException.FormatInsufficient, $"The form {format} cannot say what happens to '{path}': {why}.");

    /// <summary>Without the byte order mark that both sides have: in the formats of lines it is no part of the first line, and stays.</summary>
    public TextChange WithoutByteOrderMark(PatchFormat format)
    {
        var (before, after) = (Before.Span.StartsWith(ByteOrderMark), After.Span.StartsWith(ByteOrderMark));
        if (before != after && !Before.IsEmpty && !After.IsEmpty)
        {
            throw Inexpressible(format, Path, "its byte order mark comes or goes");
        }

        return before ? this with { Before = Before[ByteOrderMark.Length..], After = After.IsEmpty ? After : After[ByteOrderMark.Length..] } : this;
    }

    /// <summary>Refuses a change of the last line's end, which the formats of lines cannot say.</summary>
    public void RequireLines(PatchFormat format)
    {
        var isCreated = Operation == FileOperation.Create || Before.IsEmpty;
        if (!After.IsEmpty && EndsLine(After) != (isCreated || EndsLine(Before)))
        {
            throw Inexpressible(format, Path, isCreated ? "its last line has no end" : "the end of its last line comes or goes");
        }
    }

    /// <summary>Text for JSON.</summary>
    public string Text(ReadOnlySpan<byte> bytes, PatchFormat format) =>
        Utf8.IsValid(bytes) ? System.Text.Encoding.UTF8.GetString(bytes) : throw Inexpressible(format, Path, "its text is not UTF-8");

    private static bool EndsLine(ReadOnlyMemory<byte> bytes) => bytes.Span.EndsWith("\n"u8);

    private static bool IsBinary(FileImage? image) => image is not null && image.Bytes.Span.Contains((byte)0);
}
