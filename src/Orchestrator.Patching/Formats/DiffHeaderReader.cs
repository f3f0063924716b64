using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Orchestrator.Patching;

/// <summary>Reads the headers of one file of a unified diff, with git's extensions or without.</summary>
/// <param name="lines">The patch.</param>
/// <param name="strip">How many leading components every name loses; <see langword="null"/> to find that out.</param>
internal sealed class DiffHeaderReader(PatchLines lines, int? strip)
{
    private const int MaxTitle = 4 * 4096;

    /// <summary>With more spaces than this in a title, its names are only taken from the lines behind it.</summary>
    private const int MaxSplits = 256;

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    private readonly DiffNames _names = new(lines, strip);

    /// <summary>The current line begins with <c>diff --git</c>.</summary>
    public DiffFileHeader ReadGit()
    {
        var header = new DiffFileHeader { Line = lines.Number };
        ReadTitle(header);
        lines.MoveNext();
        while (!lines.AtEnd && ReadExtended(header))
        {
            lines.MoveNext();
        }

        if (lines.HeaderStarts("--- "u8))
        {
            ReadNames(header);
        }

        if ((header.IsCreate && header.IsDelete) || ((header.IsCreate || header.IsDelete) && (header.IsRename || header.IsCopy)) || (header.IsRename && header.IsCopy))
        {
            throw new PatchFormatException(PatchConflictCode.Malformed, header.Line, "The lines of the header contradict each other: a file is new, deleted, renamed or copied.", 1);
        }

        if (header.NewName is null && header.OldName is null)
        {
            throw new PatchFormatException(PatchConflictCode.Malformed, header.Line, "The header names no file.", 1);
        }

        header.NewName ??= header.OldName;
        if (header.OldName is not null && header.OldName != header.NewName && header.Operation == FileOperation.Modify)
        {
            throw new PatchFormatException(
                PatchConflictCode.Malformed, header.Line, $"The header names '{DiffNames.Shown(header.OldName)}' and '{DiffNames.Shown(header.NewName!)}', but no line says that the file is renamed or copied.", 1);
        }

        header.OldName ??= header.NewName;
        return header;
    }

    /// <summary>The current line begins with <c>---</c> and the next one with <c>+++</c>.</summary>
    public DiffFileHeader ReadPlain()
    {
        var header = new DiffFileHeader { Line = lines.Number };
        var (before, after) = ReadBoth();
        header.IsCreate = before.IsNone;
        header.IsDelete = after.IsNone;
        header.IsTimed = before.IsTimed;
        _names.SetPlain(header, before, after);
        return header;
    }

    private void ReadTitle(DiffFileHeader header)
    {
        const int From = 11;
        var text = lines.Header[From..];
        if (text.Length > MaxTitle)
        {
            throw new PatchFormatException(PatchConflictCode.PathRefused, lines.Number, $"The names have {text.Length} bytes; the limit is {MaxTitle}.", From + 1);
        }

        if (text.Contains((byte)'"'))
        {
            var split = text[0] == '"' ? GitPath.Unquote(text, out _) : text.IndexOf(" \""u8);
            if (split > 0 && split < text.Length - 1 && text[split] == ' ')
            {
                _names.TrySetTitle(header, _names.Read(text[..split], From + 1), _names.Read(text[(split + 1)..], From + split + 2));
            }

            return;
        }

        var tries = 0;
        for (var split = 1; split < text.Length - 1 && tries < MaxSplits; split++)
        {
            if (text[split] != ' ')
            {
                continue;
            }

            tries++;
            if (_names.IsSame(text[..split], text[(split + 1)..])
                && _names.TrySetTitle(header, _names.Read(text[..split], From + 1), _names.Read(text[(split + 1)..], From + split + 2)))
            {
                return;
            }
        }

        // A rename: the names differ and stand in lines of their own; only the prefixes are read here.
        header.HasPrefix = text.StartsWith("a/"u8) && text.IndexOf(" b/"u8) > 0 ? true : null;
    }

    private bool ReadExtended(DiffFileHeader header)
    {
        if (At("old mode "u8) is { } oldMode)
        {
            header.OldMode = Mode(oldMode);
        }
        else if (At("new mode "u8) is { } newMode)
        {
            header.NewMode = Mode(newMode);
        }
        else if (At("new file mode "u8) is { } created)
        {
            (header.IsCreate, header.NewMode) = (true, Mode(created));
        }
        else if (At("deleted file mode "u8) is { } deleted)
        {
            (header.IsDelete, header.OldMode) = (true, Mode(deleted));
        }
        else if ((At("rename from "u8) ?? At("rename old "u8)) is { } renamedFrom)
        {
            (header.IsRename, header.OldName) = (true, Name(renamedFrom));
        }
        else if ((At("rename to "u8) ?? At("rename new "u8)) is { } renamedTo)
        {
            (header.IsRename, header.NewName) = (true, Name(renamedTo));
        }
        else if (At("copy from "u8) is { } copiedFrom)
        {
            (header.IsCopy, header.OldName) = (true, Name(copiedFrom));
        }
        else if (At("copy to "u8) is { } copiedTo)
        {
            (header.IsCopy, header.NewName) = (true, Name(copiedTo));
        }
        else if (At("index "u8) is { } index)
        {
            ReadIndex(header, index);
        }
        else
        {
            return lines.HeaderStarts("similarity index "u8) || lines.HeaderStarts("dissimilarity index "u8);
        }

        return true;
    }

    /// <summary>An index line names the objects, and ends in the mode when the mode stays. Models write it with invented ids: those are no error, and name no base.</summary>
    private void ReadIndex(DiffFileHeader header, int from)
    {
        var value = lines.Header[from..];
        var space = value.IndexOf((byte)' ');
        var ids = space < 0 ? value : value[..space];
        var dots = ids.IndexOf(".."u8);
        if (dots is >= 4 and <= 64 && IsObject(ids[..dots]) && IsObject(ids[(dots + 2)..]) && ids[..dots].ContainsAnyExcept((byte)'0'))
        {
            header.BaseBlob = Encoding.ASCII.GetString(ids[..dots]).ToLowerInvariant();
        }

        if (space > 0 && header.OldMode == PatchFileMode.Unspecified && !header.IsCreate)
        {
            header.OldMode = Mode(from + space + 1);
            if (header.OldMode is PatchFileMode.SymbolicLink or PatchFileMode.Submodule)
            {
                header.NewMode = header.OldMode;
            }
        }
    }

    private static bool IsObject(ReadOnlySpan<byte> id) => id.Length is >= 4 and <= 64 && !id.ContainsAnyExcept(HexDigits);

    /// <summary>Where the value begins in a line with that name.</summary>
    private int? At(ReadOnlySpan<byte> name) => lines.HeaderStarts(name) ? name.Length : null;

    private string Name(int from) => _names.ReadBare(lines.Header[from..], from + 1);

    private PatchFileMode Mode(int from)
    {
        var text = lines.Header[from..].Trim((byte)' ');
        if (text.Length is 0 or > 7 || !Utf8Parser.TryParse(text, out int number, out var used) || used != text.Length || text.ContainsAnyExceptInRange((byte)'0', (byte)'7'))
        {
            throw lines.Malformed("The mode is not a number.", from + 1);
        }

        // Other permissions than git's two are told apart as git does: by whether the owner may execute.
        return number switch
        {
            >= 100000 and <= 100777 => ((number / 100) & 1) == 1 ? PatchFileMode.Executable : PatchFileMode.Regular,
            120000 => PatchFileMode.SymbolicLink,
            160000 => PatchFileMode.Submodule,
            _ => throw new PatchFormatException(
                PatchConflictCode.OperationRefused, lines.Number, $"The mode {Encoding.ASCII.GetString(text)} is not allowed: 100644 and 100755 are.", from + 1),
        };
    }

    private (DiffName Before, DiffName After) ReadBoth()
    {
        var before = _names.ReadTimed(lines.Header[4..]);
        lines.MoveNext();
        if (!lines.HeaderStarts("+++ "u8))
        {
            throw lines.Malformed("A line that begins with '+++ ' must follow the one that begins with '--- '.");
        }

        var after = _names.ReadTimed(lines.Header[4..]);
        if (before.IsNone && after.IsNone)
        {
            throw lines.Malformed("Both files are /dev/null.", 5);
        }

        lines.MoveNext();
        return (before, after);
    }

    private void ReadNames(DiffFileHeader header)
    {
        var (before, after) = ReadBoth();
        header.IsTimed = before.IsTimed;
        header.IsCreate |= before.IsNone && !header.IsRename;
        header.IsDelete |= after.IsNone && !header.IsRename;
        _names.SetGit(header, before, after);
    }
}
