using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Patching;

/// <summary>Makes one file look like another: owner, permissions, access control lists and extended attributes.</summary>
internal static unsafe class LinuxTwin
{
    private const int MaxNames = 1 << 16;
    private const int MaxValue = 1 << 16;

    /// <summary>Makes a twin; <see langword="null"/>, and nothing is left of it, when something cannot be copied.</summary>
    public static SafeFileHandle? Create(string path, string twin)
    {
        using var original = LinuxFiles.OpenRegular(path, LinuxNative.OpenFlags.Read);
        var made = LinuxFiles.Create(twin);
        if (TryCopy(original, made, path))
        {
            return made;
        }

        made.Dispose();
        LinuxFiles.Delete(twin);
        return null;
    }

    private static bool TryCopy(SafeFileHandle original, SafeFileHandle made, string path)
    {
        var (wanted, now) = (LinuxFiles.Stat(original, path), LinuxFiles.Stat(made, path));
        if ((wanted.User != now.User || wanted.Group != now.Group) && LinuxNative.ChangeOwner(LinuxPath.Number(made), wanted.User, wanted.Group) != 0)
        {
            return false;
        }

        return TryCopyAttributes(original, made) && LinuxNative.ChangeMode(LinuxPath.Number(made), wanted.Mode & 0xFFFu) == 0;
    }

    private static bool TryCopyAttributes(SafeFileHandle original, SafeFileHandle made)
    {
        var names = new byte[MaxNames];
        var value = new byte[MaxValue];
        fixed (byte* name = names, bytes = value)
        {
            var length = LinuxNative.ListAttributes(LinuxPath.Number(original), name, MaxNames);
            if (length < 0)
            {
                return Marshal.GetLastPInvokeError() == LinuxNative.Errors.NotSupported;
            }

            for (var start = 0; start < length; start += names.AsSpan(start).IndexOf((byte)0) + 1)
            {
                var size = LinuxNative.GetAttribute(LinuxPath.Number(original), name + start, bytes, MaxValue);
                if (size < 0 || LinuxNative.SetAttribute(LinuxPath.Number(made), name + start, bytes, size, 0) != 0)
                {
                    return false;
                }
            }
        }

        return true;
    }
}
