using System.Globalization;
using System.Text;

namespace Orchestrator.Patching;

/// <summary>Reads the names in the headers of a diff, and takes off what is not a part of the path: git's prefixes, or as many components as the caller says.</summary>
internal sealed class DiffNames(PatchLines lines, int? strip)
{
    private const string OldPrefixes = "aciw12o";
    private const string NewPrefixes = "bciw12o";

    /// <summary>A name as it stands, in quotes or not.</summary>
    public string Read(ReadOnlySpan<byte> text, int column)
    {
        if (text.IsEmpty || text[0] != '"')
        {
            return Decode(text, column);
        }

        return GitPath.Unquote(text, out var path) > 0 ? Decode(path, column) : throw lines.Malformed("The quotes around the path are not well-formed.", column);
    }

    /// <summary>A name as a message shows it: short, and without control characters.</summary>
    public static string Shown(string name)
    {
        var shown = name.Length > 200 ? name[..200] + "…" : name;
        return string.Create(shown.Length, shown, static (target, text) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                target[i] = char.IsControl(text[i]) || char.IsSurrogate(text[i]) ? '?' : text[i];
            }
        });
    }

    /// <summary>A name in a line of its own, which never has git's prefix.</summary>
    public string ReadBare(ReadOnlySpan<byte> text, int column)
    {
        var name = Read(text, column);
        return strip is > 1 ? Stripped(name, strip.Value - 1, lines.Number) : name;
    }

    /// <summary>A name behind <c>---</c> or <c>+++</c>, which a time may follow.</summary>
    public DiffName ReadTimed(ReadOnlySpan<byte> text)
    {
        const int Column = 5;
        var tab = text.IndexOf((byte)'\t');
        var time = tab < 0 ? default : text[(tab + 1)..];
        var name = !text.IsEmpty && text[0] == '"' ? Read(text, Column) : Decode(tab < 0 ? text : text[..tab], Column);
        return new DiffName(lines.Number, name, name == DiffName.NoFile || IsEpoch(time), !time.IsEmpty);
    }

    /// <summary>Whether two names of a title can be the same file; cheap, for every place where the title can be split.</summary>
    public bool IsSame(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => strip is { } count
        ? After(left, count).SequenceEqual(After(right, count)) && !After(left, count).IsEmpty
        : left.SequenceEqual(right) || (!After(left, 1).IsEmpty && After(left, 1).SequenceEqual(After(right, 1)));

    /// <summary>Takes the names of a title when they are the same file, with its prefixes or without.</summary>
    public bool TrySetTitle(DiffFileHeader header, string oldName, string newName)
    {
        if (strip is { } count)
        {
            var (before, after) = (TryStrip(oldName, count), TryStrip(newName, count));
            (header.OldName, header.NewName) = before == after ? (before, after) : (null, null);
            return header.OldName is not null;
        }

        if (oldName == newName)
        {
            (header.HasPrefix, header.OldName, header.NewName) = (false, oldName, newName);
            return true;
        }

        var (oldRest, newRest) = (TryStrip(oldName, 1), TryStrip(newName, 1));
        header.HasPrefix = IsLetter(oldName, OldPrefixes) && IsLetter(newName, NewPrefixes) ? true : null;
        if (oldRest is null || oldRest != newRest)
        {
            return false;
        }

        (header.HasPrefix, header.OldName, header.NewName) = (true, oldRest, newRest);
        return true;
    }

    /// <summary>Sets the names of a git diff, which must say the same as the lines before, and checks that they do.</summary>
    public void SetGit(DiffFileHeader header, DiffName before, DiffName after)
    {
        header.HasPrefix ??= HasPrefix(before.Named, after.Named);
        header.OldName = before.IsNone ? header.OldName : Agree(header, header.OldName, before, header.IsCreate);
        header.NewName = after.IsNone ? header.NewName : Agree(header, header.NewName, after, header.IsDelete);
    }

    /// <summary>Sets the name of a plain diff, where one side may be a copy with another ending.</summary>
    public void SetPlain(DiffFileHeader header, DiffName before, DiffName after)
    {
        header.HasPrefix = HasPrefix(before.Named, after.Named);
        var oldName = before.IsNone ? null : Strip(header, before);
        var newName = after.IsNone ? null : Strip(header, after);
        var name = (oldName, newName) switch
        {
            (null, var only) => only,
            (var only, null) => only,
            var (first, second) when second.StartsWith(first, StringComparison.Ordinal) => first,
            var (_, second) => second,
        };
        (header.OldName, header.NewName) = (name, name);
    }

    private string Decode(ReadOnlySpan<byte> name, int column) =>
        name.Contains((byte)0) ? throw new PatchFormatException(PatchConflictCode.PathRefused, lines.Number, "The path holds a NUL.", column) : lines.Text(name, column);

    private string Agree(DiffFileHeader header, string? known, DiffName name, bool isOtherSide)
    {
        var stripped = strip is null && header.HasPrefix != true ? name.Text : Strip(header, name);
        if (known is null || stripped == known || isOtherSide)
        {
            return known ?? stripped;
        }

        // The title may have been written with prefixes and these lines without, or the other way round.
        if (strip is null && (name.Text == known || TryStrip(name.Text, 1) == known))
        {
            return known;
        }

        throw new PatchFormatException(PatchConflictCode.Malformed, name.Line, $"The header names '{Shown(known)}', but this line names '{Shown(stripped)}'.", 5);
    }

    private string Strip(DiffFileHeader header, DiffName name) => strip is { } count
        ? Stripped(name.Text, count, name.Line)
        : header.HasPrefix == true ? TryStrip(name.Text, 1) ?? name.Text : name.Text;

    private static string Stripped(string name, int count, int line) =>
        TryStrip(name, count) ?? throw new PatchFormatException(PatchConflictCode.Malformed, line, $"'{Shown(name)}' has no {count} leading components to take off.", 1);

    private static string? TryStrip(string name, int count)
    {
        for (; count > 0; count--)
        {
            var slash = name.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0)
            {
                return null;
            }

            name = name[(slash + 1)..].TrimStart('/');
        }

        return name.Length == 0 ? null : name;
    }

    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> name, int count)
    {
        for (; count > 0; count--)
        {
            var slash = name.IndexOf((byte)'/');
            name = slash < 0 ? default : name[(slash + 1)..].TrimStart((byte)'/');
        }

        return name;
    }

    /// <summary>Git's one-letter directories, or two directories that were compared: both names go on alike.</summary>
    private static bool HasPrefix(string? oldName, string? newName)
    {
        if (oldName is not null && newName is not null)
        {
            var (oldSlash, newSlash) = (oldName.IndexOf('/', StringComparison.Ordinal), newName.IndexOf('/', StringComparison.Ordinal));
            return oldSlash > 0 && newSlash > 0 && oldName[..oldSlash] != newName[..newSlash]
                && (oldName[oldSlash..] == newName[newSlash..] || (oldSlash == 1 && newSlash == 1 && OldPrefixes.Contains(oldName[0], StringComparison.Ordinal)));
        }

        return oldName is null ? IsLetter(newName!, NewPrefixes) : IsLetter(oldName, OldPrefixes);
    }

    private static bool IsLetter(string name, string prefixes) => name.Length > 2 && name[1] == '/' && prefixes.Contains(name[0], StringComparison.Ordinal);

    /// <summary>Plain diffs mark a file that is not there by the time 0, in any time zone.</summary>
    private static bool IsEpoch(ReadOnlySpan<byte> time)
    {
        if (!time.StartsWith("1970-01-01"u8) && !time.StartsWith("1969-12-31"u8))
        {
            return false;
        }

        var parts = Encoding.Latin1.GetString(time).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 3 || parts[2].Length < 5)
        {
            return false;
        }

        var zone = parts[2].Contains(':', StringComparison.Ordinal) ? parts[2] : parts[2].Insert(3, ":");
        return DateTimeOffset.TryParse($"{parts[0]} {parts[1].Split('.')[0]} {zone}", CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment)
            && moment == DateTimeOffset.UnixEpoch;
    }
}
