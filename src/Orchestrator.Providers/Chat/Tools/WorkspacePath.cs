namespace Orchestrator.Providers.Chat.Tools;

/// <summary>A path that the model named: within the workspace, or refused.</summary>
/// <param name="Relative">Relative to the workspace with <c>/</c>; empty for the workspace itself.</param>
/// <param name="Absolute">The absolute path.</param>
/// <param name="Refusal">Why it is refused; <see langword="null"/> when it is not.</param>
internal readonly record struct WorkspacePath(string Relative, string Absolute, string? Refusal)
{
    public static WorkspacePath Refused(string path, string why) => new(path, "", $"'{TextBounds.Line(path, 200)}' is refused: {why}");
}
