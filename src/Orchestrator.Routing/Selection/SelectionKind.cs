namespace Orchestrator.Routing.Selection;

/// <summary>How one of the eligible candidates is chosen.</summary>
internal enum SelectionKind
{
    Best = 0,
    Weighted,
    PowerOfTwoChoices,
    Tiers,
    Thompson,
    Custom,
}
