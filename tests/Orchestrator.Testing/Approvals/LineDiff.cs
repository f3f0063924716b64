using System.Text;

namespace Orchestrator.Testing;

/// <summary>A short, readable difference of two texts by lines: enough for a failure message, no patch format.</summary>
internal static class LineDiff
{
    private const int MaxLines = 40;

    public static string Describe(string before, string after)
    {
        string[] left = before.Split('\n'), right = after.Split('\n');
        var start = 0;
        while (start < left.Length && start < right.Length && left[start] == right[start])
        {
            start++;
        }

        var same = 0;
        while (same < left.Length - start && same < right.Length - start && left[^(same + 1)] == right[^(same + 1)])
        {
            same++;
        }

        var lines = Changes(left[start..^same], right[start..^same]);
        var text = new StringBuilder().Append("from line ").Append(start + 1).Append(":\n");
        foreach (var line in lines.Take(MaxLines))
        {
            text.Append(line).Append('\n');
        }

        return lines.Count > MaxLines ? text.Append("... and ").Append(lines.Count - MaxLines).Append(" more lines\n").ToString() : text.ToString();
    }

    private static List<string> Changes(string[] left, string[] right)
    {
        var lengths = CommonLengths(left, right);
        var lines = new List<string>();
        int i = 0, j = 0;
        while (i < left.Length || j < right.Length)
        {
            if (i < left.Length && j < right.Length && left[i] == right[j])
            {
                i++;
                j++;
            }
            else if (i < left.Length && (j == right.Length || lengths is null || lengths[i + 1, j] >= lengths[i, j + 1]))
            {
                lines.Add("- " + left[i++]);
            }
            else
            {
                lines.Add("+ " + right[j++]);
            }
        }

        return lines;
    }

    private static int[,]? CommonLengths(string[] left, string[] right)
    {
        if ((long)left.Length * right.Length > 4_000_000)
        {
            return null; // too large to align: show everything that left and came
        }

        var lengths = new int[left.Length + 1, right.Length + 1];
        for (var i = left.Length - 1; i >= 0; i--)
        {
            for (var j = right.Length - 1; j >= 0; j--)
            {
                lengths[i, j] = left[i] == right[j] ? lengths[i + 1, j + 1] + 1 : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
            }
        }

        return lengths;
    }
}
