namespace Orchestrator.Architecture.Tests.Documentation;

/// <summary>An enumeration for the tests of the documentation checker.</summary>
public enum DocumentedKind
{
    /// <summary>A member.</summary>
    First,
}
