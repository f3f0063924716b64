using System.Globalization;
using System.Text;
using Orchestrator.Patching;

namespace Orchestrator.Providers.Chat.Tools;

/// <summary>Tells a model why an edit was refused and what to send instead.</summary>
internal static class EditRefusal
{
    private const int MaxConflicts = 10;
    private const int LongestQuote = 2000;

    public static string Describe(IReadOnlyList<PatchConflict> conflicts)
    {
        var text = new StringBuilder("The edit was refused. Nothing was written.\n");
        foreach (var conflict in conflicts.Take(MaxConflicts))
        {
            Append(text, conflict);
        }

        if (conflicts.Count > MaxConflicts)
        {
            text.Append(CultureInfo.InvariantCulture, $"and {conflicts.Count - MaxConflicts} more reasons.\n");
        }

        return text.ToString();
    }

    /// <summary>Whether it is a matter of policy, not of a place that was not found.</summary>
    public static bool IsPolicy(PatchConflict conflict) => conflict.Code is
        PatchConflictCode.PathRefused or PatchConflictCode.PathProtected or PatchConflictCode.OperationRefused or PatchConflictCode.Secret or PatchConflictCode.GeneratedFile;

    private static void Append(StringBuilder text, PatchConflict conflict)
    {
        text.Append(CultureInfo.InvariantCulture, $"- {conflict.Path ?? "the edit"}{(conflict.Line is { } line ? FormattableString.Invariant($", line {line}") : "")}: {conflict.Message}\n");
        if (conflict.Candidates.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"  It fits at the lines {string.Join(", ", conflict.Candidates.Take(50))}: give more of the text around the place.\n");
        }

        Quote(text, "you expect", conflict.Expected);
        Quote(text, "in the file", conflict.Actual);
        if (conflict.Diagnosis is { } diagnosis)
        {
            Append(text, "  The first difference: ", diagnosis.Difference);
            Append(text, "  ", diagnosis.IsAlreadyApplied ? "What the edit would bring is there already." : null);
            Append(text, "  What to do: ", diagnosis.Remedy);
        }
    }

    private static void Quote(StringBuilder text, string title, string? quote)
    {
        if (!string.IsNullOrEmpty(quote))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {title}:\n").Append(TextBounds.Middle(quote, LongestQuote).TrimEnd('\n')).Append('\n');
        }
    }

    private static void Append(StringBuilder text, string title, string? words)
    {
        if (!string.IsNullOrEmpty(words))
        {
            text.Append(title).Append(words).Append('\n');
        }
    }
}
