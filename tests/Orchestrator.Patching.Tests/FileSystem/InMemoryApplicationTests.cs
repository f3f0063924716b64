namespace Orchestrator.Patching;

public sealed class InMemoryApplicationTests : TreeApplicationTests
{
    public InMemoryApplicationTests() => SeamTree.MakeDirectory(Files, Place);

    protected override IPatchFileSystem Files { get; } = new InMemoryFileSystem();

    protected override string Place { get; } = Path.GetFullPath("/place");
}
