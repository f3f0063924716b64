namespace Orchestrator.Architecture.Tests.Documentation;

/// <summary>A record for the tests of the documentation checker.</summary>
/// <param name="Width">One.</param>
/// <param name="Height">Two.</param>
public sealed record DocumentedRecord(int Width, int Height);
