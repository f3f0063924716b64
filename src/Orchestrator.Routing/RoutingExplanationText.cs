using System.Globalization;
using System.Text;
using Orchestrator.Json;

namespace Orchestrator.Routing;

/// <summary>Writes an explanation for people.</summary>
public static class RoutingExplanationText
{
    private static readonly string[] Header = ["provider", "verdict", "score USD", "price", "risk", "time", "bonus", "why"];

    /// <summary>The decision in one line, then every candidate as a row of an aligned table.</summary>
    /// <param name="explanation">The explanation.</param>
    /// <returns>Lines that end with <c>\n</c>, without control characters or colours.</returns>
    public static string Format(RoutingExplanation explanation)
    {
        ArgumentNullException.ThrowIfNull(explanation);
        var decision = explanation.Decision;
        var text = new StringBuilder();
        text.Append(decision.IsRejected
            ? $"task {explanation.TaskId}: no provider ({decision.Rejection?.Message ?? "no reason given"})"
            : $"task {explanation.TaskId}: {decision.Provider}{Model(decision)} ({decision.Reason.ToName()})");
        if (decision.Fallbacks is { Count: > 0 } fallbacks)
        {
            text.Append(CultureInfo.InvariantCulture, $", then {string.Join(", ", fallbacks)}");
        }

        text.Append('\n');
        if (explanation.Candidates.Count > 0)
        {
            AppendTable(text, [Header, .. explanation.Candidates.Select(candidate => Row(candidate, decision))]);
        }

        return text.ToString();
    }

    private static string Model(in RoutingDecision decision) => decision.Model is { } model ? $" with {model}" : "";

    private static string[] Row(CandidateExplanation candidate, in RoutingDecision decision) =>
    [
        candidate.Provider,
        Verdict(candidate, decision),
        candidate.Score?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "-",
        candidate.Parts.GetValueOrDefault("price", "-"),
        candidate.Parts.GetValueOrDefault("risk", "-"),
        candidate.Parts.GetValueOrDefault("time", "-"),
        candidate.Parts.GetValueOrDefault("bonus", "-"),
        candidate.Detail,
    ];

    private static string Verdict(CandidateExplanation candidate, in RoutingDecision decision) =>
        candidate.Rejection != RejectionReason.None ? candidate.Rejection.ToName()
        : candidate.Provider == decision.Provider ? "chosen"
        : "eligible";

    private static void AppendTable(StringBuilder text, List<string[]> rows)
    {
        var widths = Header.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, column) => column is >= 2 and <= 6 ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }
    }
}
