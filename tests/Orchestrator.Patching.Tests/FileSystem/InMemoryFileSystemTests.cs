namespace Orchestrator.Patching;

public sealed class InMemoryFileSystemTests : FileSystemTests
{
    private readonly InMemoryFileSystem _files = new();

    public InMemoryFileSystemTests() => _files.WriteFile(Path.Combine(Root, "x"), default);

    protected override IPatchFileSystem Files
    {
        get
        {
            _files.DeleteFile(Path.Combine(Root, "x"));
            return _files;
        }
    }

    protected override string Root { get; } = Path.GetFullPath("/root");
}
