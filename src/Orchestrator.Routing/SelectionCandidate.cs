namespace Orchestrator.Routing;

/// <summary>An eligible provider as a selection policy sees it.</summary>
/// <param name="Provider">Its name.</param>
/// <param name="Score">Its expected cost in US dollars, bonuses taken off; lower is better.</param>
/// <param name="Weight">Its configured weight.</param>
/// <param name="Tier">Its configured tier; lower goes first.</param>
/// <param name="InFlight">Executions that run now.</param>
/// <param name="SuccessRate">The share of tasks like this one that it is believed to do well, from 0 to 1.</param>
/// <param name="IsSession">Whether the task's session is with it.</param>
public readonly record struct SelectionCandidate(string Provider, double Score, double Weight, int Tier, int InFlight, double SuccessRate, bool IsSession = false);
