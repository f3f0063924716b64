namespace Orchestrator.Routing.Tests.Selection;

/// <summary>A selection policy that does what the test says.</summary>
internal sealed class CallbackPolicy(CallbackPolicy.Choosing choose) : ISelectionPolicy
{
    public delegate SelectionChoice Choosing(ReadOnlySpan<SelectionCandidate> eligible, ulong seed);

    public string Name => "own";

    public SelectionChoice Select(ReadOnlySpan<SelectionCandidate> eligible, ulong seed) => choose(eligible, seed);
}
