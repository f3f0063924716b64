using System.Globalization;
using System.Text;

namespace Orchestrator.Patching;

/// <summary>Writes conflicts as short text that an agent or a person can act on.</summary>
public static class PatchConflictText
{
    /// <summary>Writes conflicts, one paragraph each. The first line says that nothing was written.</summary>
    /// <param name="conflicts">The conflicts of a rejected patch.</param>
    /// <returns>Text that ends with a line feed; empty when there are no conflicts.</returns>
    public static string Format(IEnumerable<PatchConflict> conflicts)
    {
        ArgumentNullException.ThrowIfNull(conflicts);
        var text = new StringBuilder();
        var number = 0;
        foreach (var conflict in conflicts)
        {
            if (number++ == 0)
            {
                text.Append("The patch was refused. Nothing was written.\n");
            }

            Append(text, conflict, number);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, PatchConflict conflict, int number)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n{number}. {conflict.Path ?? "(the patch)"}");
        if (conflict.Line is { } line)
        {
            text.Append(CultureInfo.InvariantCulture, $":{line}");
        }

        if (conflict.Column is { } column)
        {
            text.Append(CultureInfo.InvariantCulture, $":{column}");
        }

        if (conflict.Edit is { } edit)
        {
            text.Append(CultureInfo.InvariantCulture, $" (edit {edit})");
        }

        text.Append(CultureInfo.InvariantCulture, $" {conflict.Code}: {conflict.Message}\n");
        if (conflict.Candidates.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"   It fits at the lines {string.Join(", ", conflict.Candidates)}.\n");
        }

        Quote(text, "expected", conflict.Expected);
        Quote(text, "in the file", conflict.Actual);
        if (conflict.Diagnosis is { } diagnosis)
        {
            Append(text, diagnosis);
        }
    }

    private static void Append(StringBuilder text, PatchDiagnosis diagnosis)
    {
        if (diagnosis.Difference is { } difference)
        {
            text.Append(CultureInfo.InvariantCulture, $"   {difference}\n");
        }

        if (diagnosis.StaleSince is { } since)
        {
            text.Append(CultureInfo.InvariantCulture, $"   The file has changed since {since}.\n");
        }

        if (diagnosis.FileLines is { } lines)
        {
            var end = diagnosis.HasFinalNewline == false ? ", no final newline" : "";
            text.Append(CultureInfo.InvariantCulture, $"   The file: {lines} lines, line ends {diagnosis.LineEnds}, indented with {diagnosis.Indentation}{end}, SHA-256 {diagnosis.FileHash}.\n");
        }

        if (diagnosis.FittingEdits.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"   These edits of the file would fit: {string.Join(", ", diagnosis.FittingEdits)}.\n");
        }

        if (diagnosis.Remedy is { } remedy)
        {
            text.Append(CultureInfo.InvariantCulture, $"   What to do: {remedy}\n");
        }
    }

    private static void Quote(StringBuilder text, string name, string? quoted)
    {
        if (string.IsNullOrEmpty(quoted))
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"   {name}:\n");
        foreach (var line in quoted.TrimEnd('\n').Split('\n'))
        {
            text.Append("   | ").Append(line.TrimEnd('\r')).Append('\n');
        }
    }
}
