namespace Orchestrator.Cli.Commands;

/// <summary>Reads the id of a decision as people paste it.</summary>
internal static class DecisionIdArgument
{
    /// <exception cref="ArgumentException">It is no id.</exception>
    public static Guid Read(string text) => Guid.TryParse(text, out var id)
        ? id
        : throw new ArgumentException($"'{text}' is no decision id, which looks like 0197a6b4-1c2d-7e3f-8a4b-5c6d7e8f9a0b; see: orchestrator route --history");
}
