namespace Orchestrator.Patching;

public sealed class InMemoryFileSystemTests : FileSystemTests
{
    public InMemoryFileSystemTests() => SeamTree.MakeDirectory(Files, Root);

    protected override IPatchFileSystem Files { get; } = new InMemoryFileSystem();

    protected override string Root { get; } = Path.GetFullPath("/root");
}
