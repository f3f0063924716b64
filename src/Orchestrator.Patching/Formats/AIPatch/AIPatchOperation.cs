namespace Orchestrator.Patching;

/// <summary>One AIPatch object after its members were read.</summary>
internal sealed record AIPatchOperation(JsonPart Source, string File, PatchEdit Edit)
{
    public const string ReplaceBlock = "replace-block";
    public const string InsertBefore = "insert-before";
    public const string InsertAfter = "insert-after";
    public const string Append = "append";

    public static readonly string[] Names = [ReplaceBlock, InsertBefore, InsertAfter, Append];

    public static readonly string[] Members =
        ["version", "task_id", "file", "operation", "start", "end", "line", "block", "expect", "base_hash", "metadata", "provider", "model", "confidence"];

    public string? TaskId { get; init; }

    public string? BaseHash { get; init; }

    public PatchMetadata? Metadata { get; init; }

    public bool IsAppend => Edit.AtEnd;
}
