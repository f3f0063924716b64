using System.Diagnostics;

namespace Orchestrator.Patching;

/// <summary>What happens at the chosen operation.</summary>
internal enum Fault
{
    None,

    /// <summary>It fails once; a write leaves half of its bytes.</summary>
    Fail,

    /// <summary>It fails, and so does everything after it, as if the process had ended.</summary>
    Dead,

    /// <summary>The process is killed, in the middle of a write.</summary>
    Kill,
}

/// <summary>The real disk with a fault at one of the operations that change something.</summary>
internal sealed class FaultFileSystem(int at = -1, Fault fault = Fault.None) : IPatchFileSystem
{
    private readonly PhysicalFileSystem _disk = new();
    private bool _dead;

    /// <summary>How many operations that change something there were.</summary>
    public int Operations { get; private set; }

    /// <summary>Called before each of them, with its number.</summary>
    public Action<int>? Before { get; init; }

    public FileEntry GetEntry(string path) => Alive().GetEntry(path);

    public byte[] ReadFile(string path, long maxBytes) => Alive().ReadFile(path, maxBytes);

    public string ReadLink(string path) => Alive().ReadLink(path);

    public IReadOnlyList<string> List(string directory) => Alive().List(directory);

    public IPatchFile OpenFile(string path) => new FaultFile(this, Alive().OpenFile(path));

    public IPatchFile CreateFile(string path) => new FaultFile(this, Change(() => _disk.CreateFile(path)));

    public void CreateLink(string path, string target) => Change(() => _disk.CreateLink(path, target));

    public void DeleteFile(string path) => Change(() => _disk.DeleteFile(path));

    public void SetMode(string path, UnixFileMode mode) => Change(() => _disk.SetMode(path, mode));

    public void CreateDirectory(string path) => Change(() => _disk.CreateDirectory(path));

    public bool TryRemoveDirectory(string path) => Change(() => _disk.TryRemoveDirectory(path));

    public void FlushDirectory(string path) => Change(() => _disk.FlushDirectory(path));

    public IDisposable? TryLock(string path) => _disk.TryLock(path);

    private void Change(Action change) => Change(() =>
    {
        change();
        return true;
    });

    private T Change<T>(Func<T> change, Action? half = null)
    {
        Alive();
        Before?.Invoke(Operations);
        if (Operations++ != at)
        {
            return change();
        }

        half?.Invoke();
        if (fault == Fault.Kill)
        {
            Process.GetCurrentProcess().Kill();
        }

        _dead = fault == Fault.Dead;
        throw new IOException("No space left on device");
    }

    private PhysicalFileSystem Alive() => _dead ? throw new IOException("The process is gone.") : _disk;

    private sealed class FaultFile(FaultFileSystem owner, IPatchFile file) : IPatchFile
    {
        public FileEntry Entry => file.Entry;

        public byte[] ReadAll(long maxBytes)
        {
            owner.Alive();
            return file.ReadAll(maxBytes);
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            var copy = bytes.ToArray();
            owner.Change(
                () =>
                {
                    file.Write(offset, copy);
                    return true;
                },
                () => file.Write(offset, copy.AsSpan(0, copy.Length / 2)));
        }

        public void SetLength(long length) => owner.Change(() => file.SetLength(length));

        public void Flush() => owner.Change(file.Flush);

        public void Dispose() => file.Dispose();
    }
}
