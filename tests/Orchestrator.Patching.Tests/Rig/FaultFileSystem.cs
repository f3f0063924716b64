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

/// <summary>The real disk, or another file system, with a fault at one of the operations that change something, or at one of all.</summary>
internal sealed class FaultFileSystem(int at = -1, Fault fault = Fault.None, IPatchFileSystem? beneath = null) : IPatchFileSystem
{
    private readonly IPatchFileSystem _disk = beneath ?? new PhysicalFileSystem();
    private readonly Lock _lock = new();
    private bool _dead;

    /// <summary>How many operations there were that count.</summary>
    public int Operations { get; private set; }

    /// <summary>Whether operations that only read count too.</summary>
    public bool CountsReads { get; init; }

    /// <summary>The error of an operation that fails.</summary>
    public Func<Exception> Error { get; init; } = static () => new IOException("No space left on device");

    /// <summary>Called before each of them, with its number.</summary>
    public Action<int>? Before { get; init; }

    public string Canonical(string path) => _disk.Canonical(path);

    public FileEntry GetEntry(string path) => Read(() => _disk.GetEntry(path));

    public byte[] ReadFile(string path, long maxBytes) => Read(() => _disk.ReadFile(path, maxBytes));

    public string ReadLink(string path) => Read(() => _disk.ReadLink(path));

    public IReadOnlyList<string> List(string directory) => Read(() => _disk.List(directory));

    public IPatchFile OpenFile(string path) => new FaultFile(this, Read(() => _disk.OpenFile(path)));

    public IPatchFile CreateFile(string path) => new FaultFile(this, Change(() => _disk.CreateFile(path)));

    public IPatchFile? CreateTwin(string path, string twin) => Change(() => _disk.CreateTwin(path, twin)) is { } file ? new FaultFile(this, file) : null;

    public void CreateLink(string path, string target) => Change(() => _disk.CreateLink(path, target));

    public void Move(string from, string to) => Change(() => _disk.Move(from, to));

    public bool TryExchange(string path, string other) => Change(() => _disk.TryExchange(path, other));

    public void DeleteFile(string path) => Change(() => _disk.DeleteFile(path));

    public void SetMode(string path, UnixFileMode mode) => Change(() => _disk.SetMode(path, mode));

    public void CreateDirectory(string path) => Change(() => _disk.CreateDirectory(path));

    public bool TryRemoveDirectory(string path) => Change(() => _disk.TryRemoveDirectory(path));

    public void FlushFile(string path) => Change(() => _disk.FlushFile(path));

    public void FlushDirectory(string path) => Change(() => _disk.FlushDirectory(path));

    public IDisposable? TryLock(string path) => _disk.TryLock(path);

    private void Change(Action change) => Change(() =>
    {
        change();
        return true;
    });

    private T Read<T>(Func<T> read)
    {
        if (CountsReads)
        {
            return Change(read);
        }

        lock (_lock)
        {
            Alive();
        }

        return read();
    }

    private T Change<T>(Func<T> change, Action? half = null)
    {
        lock (_lock)
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
            throw Error();
        }
    }

    private void Alive()
    {
        if (_dead)
        {
            throw new IOException("The process is gone.");
        }
    }

    private sealed class FaultFile(FaultFileSystem owner, IPatchFile file) : IPatchFile
    {
        public FileEntry Entry => file.Entry;

        public bool TryHold() => file.TryHold();

        public byte[] ReadAll(long maxBytes) => owner.Read(() => file.ReadAll(maxBytes));

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

        public void BeginFlush() => file.BeginFlush();

        public void Flush() => owner.Change(file.Flush);

        public void Dispose() => file.Dispose();
    }
}
