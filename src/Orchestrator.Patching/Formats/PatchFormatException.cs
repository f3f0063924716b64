namespace Orchestrator.Patching;

/// <summary>Ends the reading of a patch; never leaves the parser.</summary>
internal sealed class PatchFormatException(PatchConflictCode code, int line, string message) : Exception(message)
{
    public PatchConflictCode Code { get; } = code;

    public int Line { get; } = line;

    public PatchConflict ToConflict() => new() { Code = Code, Line = Math.Max(1, Line), Message = Message };
}
