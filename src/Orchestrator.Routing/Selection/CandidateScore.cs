using System.Globalization;

namespace Orchestrator.Routing.Selection;

/// <summary>The expected cost of a candidate in US dollars, weighed by the task's cost profile. Lower is better.</summary>
internal readonly record struct CandidateScore(double Price, double Risk, double Time, double Bonus, double SuccessRate)
{
    public double Total => Price + Risk + Time - Bonus;

    public ValueMap ToParts() => new(
    [
        KeyValuePair.Create("price", Text(Price)),
        KeyValuePair.Create("risk", Text(Risk)),
        KeyValuePair.Create("time", Text(Time)),
        KeyValuePair.Create("bonus", Text(Bonus)),
        KeyValuePair.Create("success_rate", SuccessRate.ToString("0.###", CultureInfo.InvariantCulture)),
    ]);

    private static string Text(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
