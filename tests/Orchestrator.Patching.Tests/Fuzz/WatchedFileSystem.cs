using System.Collections.Concurrent;

namespace Orchestrator.Patching;

/// <summary>Notes every file that is opened, read or changed outside of the given directories.</summary>
internal sealed class WatchedFileSystem(IPatchFileSystem files, params string[] allowed) : IPatchFileSystem
{
    public ConcurrentQueue<string> Trespasses { get; } = new();

    public string Canonical(string path) => files.Canonical(path);

    public FileEntry GetEntry(string path) => files.GetEntry(path);

    public byte[] ReadFile(string path, long maxBytes) => files.ReadFile(See(path), maxBytes);

    public string ReadLink(string path) => files.ReadLink(See(path));

    public IReadOnlyList<string> List(string directory) => files.List(See(directory));

    public IPatchFile OpenFile(string path) => files.OpenFile(See(path));

    public IPatchFile CreateFile(string path) => files.CreateFile(See(path));

    public IPatchFile? CreateTwin(string path, string twin) => files.CreateTwin(See(path), See(twin));

    public void CreateLink(string path, string target) => files.CreateLink(See(path), target);

    public void Move(string from, string to) => files.Move(See(from), See(to));

    public bool TryExchange(string path, string other) => files.TryExchange(See(path), See(other));

    public void DeleteFile(string path) => files.DeleteFile(See(path));

    public void SetMode(string path, UnixFileMode mode) => files.SetMode(See(path), mode);

    public void CreateDirectory(string path) => files.CreateDirectory(See(path));

    public bool TryRemoveDirectory(string path) => files.TryRemoveDirectory(See(path));

    public void FlushFile(string path) => files.FlushFile(See(path));

    public void FlushDirectory(string path) => files.FlushDirectory(See(path));

    public IDisposable? TryLock(string path) => files.TryLock(See(path));

    private string See(string path)
    {
        var real = Path.Combine(files.Canonical(Path.GetDirectoryName(path)!), Path.GetFileName(path));
        if (!Array.Exists(allowed, one => real == one || real.StartsWith(one + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
        {
            Trespasses.Enqueue(path);
        }

        return path;
    }
}
