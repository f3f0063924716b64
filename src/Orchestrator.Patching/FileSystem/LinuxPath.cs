using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Patching;

/// <summary>Opens paths of which no component is a link, so that nobody who swaps one in between leads us elsewhere.</summary>
internal static class LinuxPath
{
    private const int MaxPath = 4096;

    /// <summary>Whether the kernel, or what confines this process, has no openat2: known after the first call.</summary>
    private static volatile bool _hasNoOpenAt2;

    /// <summary>Opens; the handle is closed by the caller.</summary>
    public static SafeFileHandle Open(string path, int flags, uint mode = 0)
    {
        flags |= LinuxNative.OpenFlags.CloseOnExec;
        var descriptor = TryOpen(path, flags, mode);
        if (descriptor < 0 && Marshal.GetLastPInvokeError() == LinuxNative.Errors.TryAgain && (flags & LinuxNative.OpenFlags.NonBlocking) != 0)
        {
            descriptor = OpenHeld(path, flags & ~LinuxNative.OpenFlags.NonBlocking);
        }

        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Error("be opened", path);
    }

    /// <summary>Opens the directory of a path, to do something to a name in it.</summary>
    public static SafeFileHandle OpenParent(string path, out string name)
    {
        var slash = path.LastIndexOf('/');
        name = path[(slash + 1)..];
        return Open(slash <= 0 ? "/" : path[..slash], LinuxNative.OpenFlags.PathOnly | LinuxNative.OpenFlags.Directory);
    }

    /// <summary>The number in a handle, for the time of one call.</summary>
    public static int Number(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    public static Exception Error(string what, string path)
    {
        var number = Marshal.GetLastPInvokeError();
        var message = $"'{path}' cannot {what}: {Marshal.GetPInvokeErrorMessage(number)}.";
        return number switch
        {
            LinuxNative.Errors.AccessDenied or LinuxNative.Errors.NotPermitted => new UnauthorizedAccessException(message),
            LinuxNative.Errors.NoEntry => new FileNotFoundException(message),
            _ => new IOException(message, number),
        };
    }

    /// <summary>Resolves every link; what is not there stays as it is written.</summary>
    public static unsafe string Canonical(string path)
    {
        var rest = "";
        var buffer = stackalloc byte[MaxPath];
        for (var known = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)); ;)
        {
            if (LinuxNative.RealPath(known, buffer) != null)
            {
                var real = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer));
                return rest.Length == 0 ? real : Path.Combine(real, rest);
            }

            var parent = Path.GetDirectoryName(known);
            if (parent is null)
            {
                return path;
            }

            rest = rest.Length == 0 ? Path.GetFileName(known) : Path.Combine(Path.GetFileName(known), rest);
            known = parent;
        }
    }

    /// <summary>
    /// Opens a file that somebody holds by a lease: another writer, or a process that was just started from this one and has not yet let go of what it inherited. To be asked for it is
    /// enough for the holder to give it back, or for the system to take it; that is waited for.
    /// </summary>
    private static int OpenHeld(string path, int flags)
    {
        // First which file it is, so that what is waited for is a lease and never the other end of a pipe.
        using var place = Open(path, LinuxNative.OpenFlags.PathOnly | LinuxNative.OpenFlags.NoFollow);
        if (LinuxFiles.GetEntry(place, path).Kind != EntryKind.File)
        {
            Marshal.SetLastPInvokeError(LinuxNative.Errors.TryAgain);
            return -1;
        }

        int descriptor;
        do
        {
            descriptor = LinuxNative.OpenAt(LinuxNative.CurrentDirectory, string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{Number(place)}"), flags, 0);
        }
        while (descriptor < 0 && Marshal.GetLastPInvokeError() == LinuxNative.Errors.Interrupted);
        return descriptor;
    }

    private static int TryOpen(string path, int flags, uint mode)
    {
        if (!_hasNoOpenAt2)
        {
            var descriptor = LinuxNative.OpenWithoutLinks(LinuxNative.CurrentDirectory, path, flags, mode);
            var error = Marshal.GetLastPInvokeError();
            if (descriptor >= 0 || error is not (LinuxNative.Errors.NoSystemCall or LinuxNative.Errors.NotPermitted))
            {
                return descriptor;
            }

            _hasNoOpenAt2 = error == LinuxNative.Errors.NoSystemCall;
        }

        return Walk(path, flags, mode);
    }

    /// <summary>The same by one step for every component.</summary>
    internal static int Walk(string path, int flags, uint mode)
    {
        var steps = LinuxNative.OpenFlags.PathOnly | LinuxNative.OpenFlags.Directory | LinuxNative.OpenFlags.NoFollow | LinuxNative.OpenFlags.CloseOnExec;
        var components = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var number = LinuxNative.OpenAt(LinuxNative.CurrentDirectory, "/", components.Length == 0 ? flags : steps, 0);
        for (var i = 0; i < components.Length && number >= 0; i++)
        {
            using var directory = new SafeFileHandle(number, ownsHandle: true);
            var isLast = i == components.Length - 1;
            number = LinuxNative.OpenAt(number, components[i], isLast ? flags | LinuxNative.OpenFlags.NoFollow : steps, isLast ? mode : 0);
            Marshal.SetLastPInvokeError(number < 0 ? Marshal.GetLastPInvokeError() : 0);
        }

        return number;
    }
}
