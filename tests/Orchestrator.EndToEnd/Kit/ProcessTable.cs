using System.Text;

namespace Orchestrator.EndToEnd.Kit;

/// <summary>What runs on the machine right now, as <c>/proc</c> tells it.</summary>
internal static class ProcessTable
{
    /// <summary>The command lines of processes that were started for an execution below <paramref name="root"/> and still run.</summary>
    public static IReadOnlyList<string> ExecutionsBelow(string root)
    {
        var found = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
        {
            var environment = Read(process, "environ");
            if (environment.Contains("ORCHESTRATOR_EXECUTION=", StringComparison.Ordinal) && environment.Contains(root, StringComparison.Ordinal))
            {
                found.Add($"{Path.GetFileName(process)}: {Read(process, "cmdline").Replace('\0', ' ')}");
            }
        }

        return found;
    }

    /// <summary>Every command line that any process of the machine had while a task ran.</summary>
    public static async Task<IReadOnlySet<string>> CommandLinesUntilAsync(Task end)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!end.IsCompleted)
        {
            seen.UnionWith(Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)).Select(process => Read(process, "cmdline").Replace('\0', ' ')));
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        return seen;
    }

    private static string Read(string process, string file)
    {
        try
        {
            return Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(process, file)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // It ended meanwhile, or it is somebody else's.
        }
    }
}
