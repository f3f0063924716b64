using System.Globalization;
using System.Runtime.InteropServices;

namespace Orchestrator.Containers.Pools;

/// <summary>The user and group that an instance runs as, by number.</summary>
internal readonly partial record struct InstanceOwner(uint User, uint Group)
{
    /// <summary>Who instances run as that have directories of their own, when nobody says: nobody's user where this process is root, else this process' own, as no other could use what it makes.</summary>
    public static InstanceOwner Default => IsRoot ? new(10001, 10001) : Current;

    /// <summary>Whether this process may give files to others.</summary>
    public static bool IsRoot => Environment.IsPrivilegedProcess;

    private static InstanceOwner Current => OperatingSystem.IsWindows() ? default : new(GetUser(), GetGroup());

    /// <summary>Reads <c>uid:gid</c>; <see langword="null"/> for anything else.</summary>
    public static InstanceOwner? Parse(string text)
    {
        var parts = text.Split(':');
        return parts.Length == 2
            && uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var user)
            && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var group)
            ? new InstanceOwner(user, group)
            : null;
    }

    /// <summary>Whether this process can make directories that belong to it.</summary>
    public bool CanBeGiven() => IsRoot || OperatingSystem.IsWindows() || this == Current;

    /// <summary>Gives it a directory. Nothing happens where it belongs to this process anyway.</summary>
    /// <exception cref="IOException">It cannot be given.</exception>
    public void Take(string path)
    {
        if (IsRoot && !OperatingSystem.IsWindows() && ChangeOwner(path, User, Group) != 0)
        {
            throw new IOException($"{path} cannot be given to the user {this} (error {Marshal.GetLastPInvokeError()}).");
        }
    }

    /// <summary>As engines take it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{User}:{Group}");

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint GetUser();

    [LibraryImport("libc", EntryPoint = "getegid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint GetGroup();

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
