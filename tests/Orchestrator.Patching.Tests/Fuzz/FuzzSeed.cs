namespace Orchestrator.Patching;

/// <summary>A patch that fits its files, to be spoilt.</summary>
internal sealed record FuzzSeed(PatchFormat Format, byte[] Patch, IReadOnlyList<FuzzFile> Files);

/// <summary>A file of a tree, or a link when it has a target.</summary>
internal sealed record FuzzFile(string Path, byte[] Bytes, string? Target = null, bool IsExecutable = false);
