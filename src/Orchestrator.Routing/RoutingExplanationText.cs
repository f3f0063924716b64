using System.Globalization;
using System.Text;
using Orchestrator.Json;

namespace Orchestrator.Routing;

/// <summary>Writes an explanation for people.</summary>
public static class RoutingExplanationText
{
    private static readonly string[] Header = ["provider", "verdict", "score USD", "price", "risk", "time", "bonus", "stay", "why"];

    /// <summary>The decision in one line, what happened on the way in a line each, then every candidate as a row of an aligned table.</summary>
    /// <param name="explanation">The explanation.</param>
    /// <returns>Lines that end with <c>\n</c>, without control characters or colours.</returns>
    public static string Format(RoutingExplanation explanation)
    {
        ArgumentNullException.ThrowIfNull(explanation);
        var decision = explanation.Decision;
        var text = new StringBuilder();
        text.Append(decision.IsRejected
            ? $"task {explanation.TaskId}: no provider ({decision.Rejection?.Message ?? "no reason given"})"
            : $"task {explanation.TaskId}: {decision.Provider}{Model(decision)} ({Reason(decision)})");
        if (decision.Fallbacks is { Count: > 0 } fallbacks)
        {
            text.Append(CultureInfo.InvariantCulture, $", then {string.Join(", ", fallbacks)}");
        }

        text.Append('\n');
        foreach (var note in explanation.Notes)
        {
            text.Append("note: ").Append(note).Append('\n');
        }

        if (explanation.Candidates.Count > 0)
        {
            AppendTable(text, [Header, .. explanation.Candidates.Select(candidate => Row(candidate, decision))]);
        }

        return text.ToString();
    }

    private static string Model(in RoutingDecision decision) => decision.Model is { } model ? $" with {model}" : "";

    private static string Reason(in RoutingDecision decision) =>
        (decision.Because is { } because ? $"{decision.Reason.ToName()} {because}" : decision.Reason.ToName())
        + (decision.Propensity < 1 ? string.Create(CultureInfo.InvariantCulture, $", with probability {decision.Propensity:0.###}") : "");

    private static string[] Row(CandidateExplanation candidate, in RoutingDecision decision) =>
    [
        candidate.Provider,
        Verdict(candidate, decision),
        Money(candidate.Score),
        Money(candidate.Parts?.Price),
        Money(candidate.Parts?.Risk),
        Money(candidate.Parts?.Time),
        Money(candidate.Parts?.Bonus),
        Money(candidate.Parts?.Stay),
        candidate.Detail,
    ];

    private static string Money(double? usd) => usd?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "-";

    private static string Verdict(CandidateExplanation candidate, in RoutingDecision decision) =>
        candidate.Rejection != RejectionReason.None ? candidate.Rejection.ToName()
        : candidate.Provider == decision.Provider ? "chosen"
        : "eligible";

    private static void AppendTable(StringBuilder text, List<string[]> rows)
    {
        var widths = Header.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, column) => column is >= 2 and <= 7 ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }
    }
}
