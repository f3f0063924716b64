namespace Orchestrator.Routing.Selection;

/// <summary>A candidate that can do the task.</summary>
/// <param name="Candidate">Its index in the snapshot.</param>
/// <param name="Model">Its model, or <see cref="CandidateEvaluator.OwnModel"/>.</param>
/// <param name="Score">Its expected cost in US dollars, with bonuses.</param>
/// <param name="Price">What an attempt is expected to cost in US dollars.</param>
/// <param name="IsHalfOpen">Whether an attempt would be the probe of its circuit breaker.</param>
internal readonly record struct PooledCandidate(int Candidate, int Model, double Score, double Price, bool IsHalfOpen);
