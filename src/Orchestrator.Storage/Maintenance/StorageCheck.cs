namespace Orchestrator.Storage;

/// <summary>What a check of the database found.</summary>
public sealed record StorageCheck
{
    /// <summary>What is wrong, at most some 200 lines in the engine's words: names of tables and indexes and numbers of rows, never their content. Empty when all is well.</summary>
    public ValueList<string> Problems { get; init; } = [];

    /// <summary>Whether nothing was found.</summary>
    public bool IsSound => Problems.Count == 0;
}
