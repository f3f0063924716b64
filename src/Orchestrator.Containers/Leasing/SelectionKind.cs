namespace Orchestrator.Containers.Leasing;

/// <summary>How instances are chosen: a switch inside the loop costs less than a call through an interface.</summary>
internal enum SelectionKind
{
    PowerOfTwoChoices = 0,
    LeastRequests,
    RoundRobin,
    Random,
    SessionAffinity,

    /// <summary>By an <see cref="IInstanceSelectionPolicy"/> of the host.</summary>
    Added,
}
