using Orchestrator.Testing;

namespace Orchestrator.Patching;

public sealed class PhysicalApplicationTests : TreeApplicationTests, IDisposable
{
    private readonly TemporaryDirectory _place = new();

    protected override IPatchFileSystem Files { get; } = new PhysicalFileSystem();

    protected override string Place => Files.Canonical(_place.Path);

    public void Dispose() => _place.Dispose();
}
