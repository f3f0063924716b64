using System.Globalization;
using Orchestrator.Json;

namespace Orchestrator.Routing.Recording;

/// <summary>Says in words where two decisions differ. Words of rejections are not compared, their facts are.</summary>
internal static class DecisionComparer
{
    public static ValueList<string> Differences(in RoutingDecision recorded, in RoutingDecision replayed)
    {
        var differences = new List<string>();
        Compare(differences, "the provider", recorded.Provider, replayed.Provider);
        Compare(differences, "the model", recorded.Model, replayed.Model);
        Compare(differences, "the fallbacks", string.Join(", ", recorded.Fallbacks), string.Join(", ", replayed.Fallbacks));
        Compare(differences, "the reason", recorded.Reason.ToName(), replayed.Reason.ToName());
        Compare(differences, "what is behind the reason", recorded.Because, replayed.Because);
        Compare(differences, "the complexity", recorded.Complexity.ToName(), replayed.Complexity.ToName());
        Compare(differences, "the score", Text(recorded.Score), Text(replayed.Score));
        Compare(differences, "the propensity", Text(recorded.Propensity), Text(replayed.Propensity));
        Compare(differences, "the expected price", Text(recorded.ExpectedPriceUsd), Text(replayed.ExpectedPriceUsd));
        Compare(differences, "the expected tokens", Text(recorded.ExpectedTokens), Text(replayed.ExpectedTokens));
        Compare(differences, "the time of the next chance", Text(recorded.Rejection?.EligibleAt), Text(replayed.Rejection?.EligibleAt));
        CompareRejections(differences, recorded.Rejection, replayed.Rejection);
        return [.. differences];
    }

    private static void CompareRejections(List<string> differences, RoutingRejection? recorded, RoutingRejection? replayed)
    {
        if (recorded is null || replayed is null)
        {
            return;
        }

        var now = replayed.Candidates.ToDictionary(candidate => candidate.Provider, Facts, StringComparer.OrdinalIgnoreCase);
        foreach (var candidate in recorded.Candidates)
        {
            Compare(differences, $"what speaks against {candidate.Provider}", Facts(candidate), now.GetValueOrDefault(candidate.Provider));
        }
    }

    private static string Facts(CandidateExplanation candidate) => candidate.Reasons.Count == 0
        ? candidate.Rejection.ToName()
        : string.Join("; ", candidate.Reasons.Select(reason => $"{reason.Reason.ToName()} until {Text(reason.Until)}"));

    private static void Compare(List<string> differences, string what, string? recorded, string? replayed)
    {
        if (!string.Equals(recorded, replayed, StringComparison.Ordinal))
        {
            differences.Add($"{what} was {Quote(recorded)} and is {Quote(replayed)}");
        }
    }

    private static string Quote(string? value) => string.IsNullOrEmpty(value) ? "none" : $"'{value}'";

    private static string? Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);

    private static string? Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string? Text(DateTimeOffset? value) => value?.ToString("O", CultureInfo.InvariantCulture);
}
