namespace Orchestrator.Routing;

/// <summary>What a candidate's score is made of, in US dollars after the weights of the task's cost profile. The score is price + risk + time - bonus - stay.</summary>
/// <param name="Price">What the attempt is expected to cost.</param>
/// <param name="Risk">The probability of failure times the cost of a retry.</param>
/// <param name="Time">The expected duration times the value of time.</param>
/// <param name="Bonus">For the preferred model and tags.</param>
/// <param name="Stay">For being the provider of the session.</param>
/// <param name="SuccessRate">The probability of a verified success that was used, from 0 to 1.</param>
/// <param name="Uncertainty">The standard deviation of that probability.</param>
public readonly record struct ScoreParts(double Price, double Risk, double Time, double Bonus, double Stay, double SuccessRate, double Uncertainty)
{
    /// <summary>The score: lower is better.</summary>
    public double Total => Price + Risk + Time - Bonus - Stay;
}
