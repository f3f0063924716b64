namespace Orchestrator.Routing.Selection;

/// <summary>Which of the pool was chosen.</summary>
/// <param name="Place">Its place in the pool; <see cref="None"/> when the pool is empty.</param>
/// <param name="Propensity">The probability with which it was chosen; null when it is not known.</param>
/// <param name="IsExplored">Whether chance chose it where another one looked better.</param>
/// <param name="IsKept">Whether the session's provider was kept without asking the selection policy.</param>
/// <param name="Fault">What was wrong with the host's own selection policy, so that the best score was taken instead; null when nothing was.</param>
internal readonly record struct Choice(int Place, double? Propensity = 1, bool IsExplored = false, bool IsKept = false, Exception? Fault = null)
{
    public const int None = -1;
}
