using System.Globalization;
using System.Text;

namespace Orchestrator.Patching;

/// <summary>Decides from its text alone whether a path may be touched. The same on every system, so that a patch means the same everywhere.</summary>
internal sealed class PathPolicy
{
    /// <summary>Every directory above a file is looked at, and so are those above it: what is nested without end would take time without end.</summary>
    private const int MaxComponents = 100;

    private static readonly string[] DeviceNames = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"];

    private readonly GlobPattern[] _protected;

    public PathPolicy(IEnumerable<string> protectedPaths) =>
        _protected = [.. protectedPaths.SelectMany(static pattern => (string[])[pattern, FoldKey(pattern)]).Distinct(StringComparer.OrdinalIgnoreCase).Select(static pattern => new GlobPattern(pattern))];

    /// <summary>Why the path is refused; <see langword="null"/> when it is allowed.</summary>
    public PatchConflict? Check(string path)
    {
        var reason = Reason(path);
        if (reason is not null)
        {
            return new PatchConflict { Code = PatchConflictCode.PathRefused, Path = path, Message = $"The path is refused: {reason}." };
        }

        var components = path.Split('/');
        if (components.Any(IsReserved))
        {
            return Protected(path, "it leads into the directory of the version control or of the journals");
        }

        // Other spellings of a protected name are that name on some file systems.
        var folded = FoldKey(path).Split('/');
        return _protected.Any(pattern => pattern.Matches(components) || pattern.Matches(folded)) ? Protected(path, "the settings protect it") : null;
    }

    /// <summary>The path as it is meant: agents on Windows separate by backslashes, and some begin with the directory itself.</summary>
    /// <param name="path">The path.</param>
    /// <param name="isReply">Whether it comes from a reply; in a diff a backslash is a backslash, and refused as such.</param>
    public static string Normalize(string path, bool isReply)
    {
        path = isReply ? path.Replace('\\', '/') : path;
        while (path.StartsWith("./", StringComparison.Ordinal) && path.Length > 2)
        {
            path = path[2..];
        }

        return path;
    }

    /// <summary>Paths with the same key are one file on some file systems.</summary>
    public static string FoldKey(string path)
    {
        var text = Lower(Simplify(path));
        if (!text.All(char.IsAscii))
        {
            var parts = new StringBuilder(text.Length + 8);
            foreach (var c in text)
            {
                CanonicalPairs.Append(parts, c);
            }

            text = parts.ToString();
        }

        return Lower(text);
    }

    private static string Lower(string text) => text.ToUpperInvariant().ToLowerInvariant();

    private static PatchConflict Protected(string path, string why) =>
        new() { Code = PatchConflictCode.PathProtected, Path = path, Message = $"The path is protected: {why}." };

    private static string? Reason(string path)
    {
        if (path.StartsWith('/'))
        {
            return "it is absolute";
        }

        if (path.StartsWith('~'))
        {
            return "it begins with '~'";
        }

        foreach (var c in path)
        {
            if (char.IsControl(c) || c is '\u2028' or '\u2029')
            {
                return "it holds a control character";
            }

            if (c == '\\')
            {
                return "it holds a backslash; components are separated by '/'";
            }

            if (c == ':')
            {
                return "it holds a colon, which names a drive or a stream on some systems";
            }
        }

        if (path.AsSpan().Count('/') >= MaxComponents)
        {
            return $"it has more than {MaxComponents} components";
        }

        if (!IsWellFormed(path))
        {
            return "it is not well-formed Unicode, so that several such paths would name one file";
        }

        return path.Split('/').Select(ComponentReason).FirstOrDefault(static reason => reason is not null);
    }

    private static bool IsWellFormed(string path)
    {
        for (var i = 0; i < path.Length; i++)
        {
            if (char.IsSurrogate(path[i]) && !(i + 1 < path.Length && char.IsSurrogatePair(path[i], path[i + 1]) && ++i > 0))
            {
                return false;
            }
        }

        return true;
    }

    private static string? ComponentReason(string name)
    {
        if (name.Length == 0)
        {
            return "a component is empty";
        }

        if (name is "." or "..")
        {
            return $"it has the component '{name}'";
        }

        if (name.EndsWith('.') || name.EndsWith(' '))
        {
            return "a component ends in a dot or a space, which some systems drop";
        }

        if (Encoding.UTF8.GetByteCount(name) > 255)
        {
            return "a component is longer than 255 bytes";
        }

        var stem = name.Split('.')[0].TrimEnd(' ').ToUpperInvariant();
        var isPort = stem.Length == 4 && (stem.StartsWith("COM", StringComparison.Ordinal) || stem.StartsWith("LPT", StringComparison.Ordinal))
            && stem[3] is (>= '0' and <= '9') or '\u00B9' or '\u00B2' or '\u00B3';
        return isPort || DeviceNames.Contains(stem) ? $"'{name}' is a device on some systems" : null;
    }

    private static bool IsReserved(string name)
    {
        var simple = Simplify(name).TrimEnd('.', ' ').ToUpperInvariant();
        return simple is ".GIT" or ".ORCHESTRATOR"
            || IsShortName(simple, "GIT~") || IsShortName(simple, "ORCHES~");
    }

    private static bool IsShortName(string name, string start) =>
        name.StartsWith(start, StringComparison.Ordinal) && name.Length > start.Length && name.AsSpan(start.Length).ContainsAnyExceptInRange('0', '9') == false;

    /// <summary>Without the characters that some file systems ignore in names.</summary>
    private static string Simplify(string text) =>
        text.All(char.IsAscii) ? text : string.Concat(text.Where(static c => char.GetUnicodeCategory(c) != UnicodeCategory.Format));
}
