namespace Orchestrator.Routing.Selection;

/// <summary>A selection policy by its name: a built-in one, or a host's own.</summary>
internal sealed record SelectionMethod(string Name, SelectionKind Kind, ISelectionPolicy? Custom = null);
