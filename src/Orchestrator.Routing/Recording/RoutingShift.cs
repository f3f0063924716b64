namespace Orchestrator.Routing;

/// <summary>Decisions that would go from one provider to another.</summary>
/// <param name="From">Who was chosen; <see langword="null"/> for nobody.</param>
/// <param name="To">Who would be chosen; <see langword="null"/> for nobody.</param>
/// <param name="Decisions">How many.</param>
public readonly record struct RoutingShift(string? From, string? To, int Decisions);
