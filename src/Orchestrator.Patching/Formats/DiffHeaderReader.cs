using System.Globalization;
using System.Text;

namespace Orchestrator.Patching;

/// <summary>Reads the headers of one file of a unified diff, with git's extensions or without.</summary>
internal sealed class DiffHeaderReader(PatchLines lines)
{
    private const string NoFile = "/dev/null";

    /// <summary>The current line begins with <c>diff --git</c>.</summary>
    public DiffFileHeader ReadGit()
    {
        var header = new DiffFileHeader { Line = lines.Number };
        ReadTitle(header, lines.Header["diff --git "u8.Length..].ToArray());
        lines.MoveNext();
        while (!lines.AtEnd && ReadExtended(header))
        {
            lines.MoveNext();
        }

        if (lines.HeaderStarts("--- "u8))
        {
            ReadNames(header, git: true);
        }

        if (header.NewName is null && header.OldName is null)
        {
            throw new PatchFormatException(PatchConflictCode.Malformed, header.Line, "The header names no file.");
        }

        header.NewName ??= header.OldName;
        header.OldName ??= header.NewName;
        return header;
    }

    /// <summary>The current line begins with <c>---</c> and the next one with <c>+++</c>.</summary>
    public DiffFileHeader ReadPlain()
    {
        var header = new DiffFileHeader { Line = lines.Number };
        ReadNames(header, git: false);
        return header;
    }

    private void ReadTitle(DiffFileHeader header, ReadOnlySpan<byte> text)
    {
        if (text.Contains((byte)'"'))
        {
            var split = text[0] == '"' ? GitPath.Unquote(text, out _) : text.IndexOf(" \""u8);
            if (split > 0 && split < text.Length - 1 && text[split] == ' ')
            {
                SetTitle(header, Name(text[..split]), Name(text[(split + 1)..]));
            }

            return;
        }

        for (var split = 1; split < text.Length - 1; split++)
        {
            if (text[split] == ' ' && SetTitle(header, lines.Text(text[..split]), lines.Text(text[(split + 1)..])))
            {
                return;
            }
        }

        // A rename: the names differ and stand in lines of their own; only the prefixes are read here.
        header.HasPrefix = text.StartsWith("a/"u8) && text.IndexOf(" b/"u8) > 0;
    }

    private static bool SetTitle(DiffFileHeader header, string oldName, string newName)
    {
        if (oldName == newName)
        {
            (header.HasPrefix, header.OldName, header.NewName) = (false, oldName, newName);
            return true;
        }

        var isPrefixed = oldName.Length > 2 && newName.Length > 2 && oldName[1] == '/' && newName[1] == '/'
            && "aciw12o".Contains(oldName[0], StringComparison.Ordinal) && "bciw12o".Contains(newName[0], StringComparison.Ordinal);
        header.HasPrefix = isPrefixed;
        if (!isPrefixed || oldName[2..] != newName[2..])
        {
            return false;
        }

        (header.OldName, header.NewName) = (oldName[2..], newName[2..]);
        return true;
    }

    private bool ReadExtended(DiffFileHeader header)
    {
        if (Value("old mode "u8) is { } oldMode)
        {
            header.OldMode = Mode(oldMode);
        }
        else if (Value("new mode "u8) is { } newMode)
        {
            header.NewMode = Mode(newMode);
        }
        else if (Value("new file mode "u8) is { } created)
        {
            (header.IsCreate, header.NewMode) = (true, Mode(created));
        }
        else if (Value("deleted file mode "u8) is { } deleted)
        {
            (header.IsDelete, header.OldMode) = (true, Mode(deleted));
        }
        else if ((Value("rename from "u8) ?? Value("rename old "u8)) is { } renamedFrom)
        {
            (header.IsRename, header.OldName) = (true, Name(renamedFrom));
        }
        else if ((Value("rename to "u8) ?? Value("rename new "u8)) is { } renamedTo)
        {
            (header.IsRename, header.NewName) = (true, Name(renamedTo));
        }
        else if (Value("copy from "u8) is { } copiedFrom)
        {
            (header.IsCopy, header.OldName) = (true, Name(copiedFrom));
        }
        else if (Value("copy to "u8) is { } copiedTo)
        {
            (header.IsCopy, header.NewName) = (true, Name(copiedTo));
        }
        else if (Value("index "u8) is { } index)
        {
            ReadIndexMode(header, index);
        }
        else
        {
            return lines.HeaderStarts("similarity index "u8) || lines.HeaderStarts("dissimilarity index "u8);
        }

        return true;
    }

    /// <summary>An index line ends in the mode when the mode stays.</summary>
    private void ReadIndexMode(DiffFileHeader header, byte[] value)
    {
        var space = value.AsSpan().IndexOf((byte)' ');
        if (space > 0 && header.OldMode == PatchFileMode.Unspecified && !header.IsCreate)
        {
            header.OldMode = Mode(value[(space + 1)..]);
            if (header.OldMode is PatchFileMode.SymbolicLink or PatchFileMode.Submodule)
            {
                header.NewMode = header.OldMode;
            }
        }
    }

    private byte[]? Value(ReadOnlySpan<byte> name) => lines.HeaderStarts(name) ? lines.Header[name.Length..].ToArray() : null;

    private PatchFileMode Mode(byte[] text) => Encoding.ASCII.GetString(text).Trim() switch
    {
        "100644" or "100664" => PatchFileMode.Regular,
        "100755" => PatchFileMode.Executable,
        "120000" => PatchFileMode.SymbolicLink,
        "160000" => PatchFileMode.Submodule,
        var other when other.Length <= 7 && other.All(static c => c is >= '0' and <= '7') => throw new PatchFormatException(
            PatchConflictCode.OperationRefused, lines.Number, $"The mode {other} is not allowed: 100644 and 100755 are."),
        _ => throw lines.Malformed("The mode is not a number."),
    };

    private void ReadNames(DiffFileHeader header, bool git)
    {
        var oldName = NameOrNull(lines.Header[4..].ToArray(), out var oldIsNull);
        lines.MoveNext();
        if (!lines.HeaderStarts("+++ "u8))
        {
            throw lines.Malformed("A line that begins with '+++ ' must follow the one that begins with '--- '.");
        }

        var newName = NameOrNull(lines.Header[4..].ToArray(), out var newIsNull);
        if (oldIsNull && newIsNull)
        {
            throw lines.Malformed("Both files are /dev/null.");
        }

        header.IsCreate |= oldIsNull && !header.IsRename;
        header.IsDelete |= newIsNull && !header.IsRename;
        header.HasPrefix ??= HasPrefix(oldName == NoFile ? null : oldName, newName == NoFile ? null : newName);
        oldName = oldIsNull ? null : Strip(oldName, header);
        newName = newIsNull ? null : Strip(newName, header);
        lines.MoveNext();
        if (git)
        {
            CheckSame(header.OldName, oldName, oldIsNull || header.IsCreate);
            CheckSame(header.NewName, newName, newIsNull || header.IsDelete);
            (header.OldName, header.NewName) = (header.OldName ?? oldName, header.NewName ?? newName);
            return;
        }

        var name = (oldName, newName) switch
        {
            (null, var only) => only,
            (var only, null) => only,
            var (first, second) when second!.StartsWith(first!, StringComparison.Ordinal) => first,
            var (_, second) => second,
        };
        (header.OldName, header.NewName) = (name, name);
    }

    private void CheckSame(string? fromHeader, string? fromLine, bool skip)
    {
        if (!skip && fromHeader is not null && fromLine is not null && fromHeader != fromLine)
        {
            throw lines.Malformed($"The header names '{fromHeader}', but the line before this one or this one names '{fromLine}'.");
        }
    }

    /// <summary>Git's one-letter directories, or two directories that were compared: both names go on alike.</summary>
    private static bool HasPrefix(string? oldName, string? newName)
    {
        if (oldName is not null && newName is not null)
        {
            var (oldSlash, newSlash) = (oldName.IndexOf('/', StringComparison.Ordinal), newName.IndexOf('/', StringComparison.Ordinal));
            return oldSlash > 0 && newSlash > 0 && oldName[..oldSlash] != newName[..newSlash]
                && (oldName[oldSlash..] == newName[newSlash..] || (oldSlash == 1 && newSlash == 1 && "aciw12o".Contains(oldName[0], StringComparison.Ordinal)));
        }

        var only = oldName ?? newName!;
        return only.Length > 2 && only[1] == '/' && (oldName is null ? "bciw12o" : "aciw12o").Contains(only[0], StringComparison.Ordinal);
    }

    /// <summary>Plain diffs mark a file that is not there by the time 0, in any time zone.</summary>
    private static bool IsEpoch(string time)
    {
        var parts = time.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 3 || parts[0] is not ("1970-01-01" or "1969-12-31") || parts[2].Length < 5)
        {
            return false;
        }

        var zone = parts[2].Contains(':', StringComparison.Ordinal) ? parts[2] : parts[2].Insert(3, ":");
        return DateTimeOffset.TryParse($"{parts[0]} {parts[1].Split('.')[0]} {zone}", CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment)
            && moment == DateTimeOffset.UnixEpoch;
    }

    private static string Strip(string name, DiffFileHeader header) =>
        header.HasPrefix == true && name.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? name[(slash + 1)..] : name;

    private string NameOrNull(byte[] text, out bool isNull)
    {
        var tab = text.AsSpan().IndexOf((byte)'\t');
        var time = tab < 0 ? default : text.AsSpan(tab + 1);
        var name = text.Length > 0 && text[0] == '"' ? Name(text) : lines.Text(tab < 0 ? text : text.AsSpan(0, tab));
        isNull = name == NoFile || IsEpoch(Encoding.Latin1.GetString(time));
        return name;
    }

    private string Name(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[0] != '"')
        {
            return lines.Text(text);
        }

        return GitPath.Unquote(text, out var path) > 0 ? lines.Text(path) : throw lines.Malformed("The quotes around the path are not well-formed.");
    }
}
