using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Patching;

/// <summary>An open file of the real disk.</summary>
internal sealed class PhysicalFile(string path, SafeFileHandle handle) : IPatchFile
{
    private const int SetSignal = 10;
    private const int SetLease = 1024;
    private const int WriteLease = 1;

    /// <summary>Ignored unless somebody asks for it; the signal that a lease brings otherwise would end the process.</summary>
    private const int UrgentSignal = 23;

    private const uint StartWriting = 2;

    public FileEntry Entry => OperatingSystem.IsLinux() ? LinuxFiles.GetEntry(handle, path) : PortableFiles.GetEntry(path);

    /// <inheritdoc/>
    /// <remarks>A lease of Linux: granted only where nobody else has the file open, and whoever opens it waits until the lease ends with the handle.</remarks>
    public bool TryHold() => OperatingSystem.IsLinux()
        && LinuxNative.Control(LinuxPath.Number(handle), SetSignal, UrgentSignal) == 0
        && LinuxNative.Control(LinuxPath.Number(handle), SetLease, WriteLease) == 0;

    public byte[] ReadAll(long maxBytes) => ReadAll(handle, maxBytes);

    public static byte[] ReadAll(SafeFileHandle handle, long maxBytes)
    {
        var length = RandomAccess.GetLength(handle);
        if (length > maxBytes)
        {
            throw new IOException($"The file has {length} bytes; the limit is {maxBytes}.");
        }

        var bytes = GC.AllocateUninitializedArray<byte>((int)length);
        var offset = 0;
        while (offset < bytes.Length)
        {
            var read = RandomAccess.Read(handle, bytes.AsSpan(offset), offset);
            if (read == 0)
            {
                throw new IOException("The file became shorter while it was read.");
            }

            offset += read;
        }

        return bytes;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

    public void SetLength(long length) => RandomAccess.SetLength(handle, length);

    public void BeginFlush()
    {
        if (OperatingSystem.IsLinux())
        {
            // What the system cannot begin now, it does when it is asked to end it.
            _ = LinuxNative.SyncRange(LinuxPath.Number(handle), 0, 0, StartWriting);
        }
    }

    public void Flush() => RandomAccess.FlushToDisk(handle);

    public void Dispose() => handle.Dispose();
}
