namespace Orchestrator.Patching;

/// <summary>The files that the patch was made against.</summary>
internal sealed class FuzzBase(IReadOnlyList<FuzzFile> files) : IPatchBase
{
    public string Name => "base";

    public PatchContent? ReadFile(string path) => files.FirstOrDefault(file => file.Path == path) is { } found ? new PatchContent(found.Bytes) : null;

    public PatchContent? ReadBlob(string blob) => null;
}
