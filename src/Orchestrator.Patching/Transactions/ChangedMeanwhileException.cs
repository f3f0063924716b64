namespace Orchestrator.Patching;

/// <summary>A file is not as it was when the patch was checked.</summary>
internal sealed class ChangedMeanwhileException(string path) : IOException($"'{path}' changed meanwhile.")
{
    public string ChangedPath { get; } = path;
}
