namespace Orchestrator.Providers.Chat.Tools;

/// <summary>A file's text, or why there is none.</summary>
/// <param name="Text">The text; bytes that are not UTF-8 are replaced. <see langword="null"/> when <paramref name="Refusal"/> says why.</param>
/// <param name="Refusal">Why it cannot be shown.</param>
internal readonly record struct WorkspaceFile(string? Text, string? Refusal);
