using Orchestrator.Testing;

namespace Orchestrator.Patching;

public sealed class PhysicalFileSystemTests : FileSystemTests, IDisposable
{
    private readonly TemporaryDirectory _root = new();

    protected override IPatchFileSystem Files { get; } = new PhysicalFileSystem();

    protected override string Root => Files.Canonical(_root.Path);

    public void Dispose() => _root.Dispose();
}
