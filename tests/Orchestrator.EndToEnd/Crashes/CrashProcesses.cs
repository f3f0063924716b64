using System.Diagnostics;
using System.Globalization;

namespace Orchestrator.EndToEnd.Crashes;

/// <summary>Finds processes that an orchestrator started for an execution, by what stands in their environment.</summary>
internal static class CrashProcesses
{
    public static IReadOnlyList<int> Marked(string root)
    {
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Environment(folder) is var text
                && text.Contains("ORCHESTRATOR_EXECUTION=", StringComparison.Ordinal) && text.Contains(root, StringComparison.Ordinal))
            {
                found.Add(id);
            }
        }

        return found;
    }

    public static void Kill(string root)
    {
        foreach (var id in Marked(root))
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            process.WaitForExit();
        }
    }

    private static string Environment(string folder)
    {
        try
        {
            return File.ReadAllText(folder + "/environ");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
