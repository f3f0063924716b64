using System.Globalization;
using System.Runtime.InteropServices;

namespace Orchestrator.Benchmarks.Patching;

/// <summary>Patching beside its peers and the machine's limits, in interleaved rounds, as one Markdown table.</summary>
internal static class PatchingReport
{
    /// <returns>The exit code: 0, or 2 for arguments that say nothing.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var parsed = PatchingArguments.Parse([.. arguments]);
        var folder = Directory.CreateTempSubdirectory("orchestrator-benchmark-").FullName;
        try
        {
            Comparison[] comparisons = parsed is null ? [] : [.. Comparisons(folder).Where(comparison => comparison.Key.Contains(parsed.Only, StringComparison.Ordinal))];
            if (comparisons.Length > 0)
            {
                await ReportAsync(folder, parsed!, comparisons);
                return 0;
            }

            await Console.Error.WriteLineAsync(PatchingArguments.Usage);
            return 2;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task ReportAsync(string folder, PatchingArguments arguments, IEnumerable<Comparison> comparisons)
    {
        Console.WriteLine(
            $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores; {FirstLine(folder, "git")}; {FirstLine(folder, "patch")}; " +
            $"medians of {arguments.Rounds} interleaved rounds; files in {Path.GetTempPath()}, {(arguments.IsFresh ? "just written" : "on the disk")}; load before: {Load()}\n");
        Console.WriteLine("| case | contestant | median, ms | least to most, ms | ours is so many times as fast | allocated, MB |\n|---|---|---:|---:|---:|---:|");
        var runner = new InterleavedRounds(folder, arguments.Rounds, isFresh: arguments.IsFresh);
        foreach (var comparison in comparisons)
        {
            Print(comparison, await runner.RunAsync(comparison));
        }

        Console.WriteLine($"\nLoad after: {Load()}");
    }

    private static IEnumerable<Comparison> Comparisons(string folder)
    {
        LargeFileComparison few = new(folder, hunks: 50);
        LargeFileComparison many = new(folder, hunks: 1000);
        return [few.InMemory(), many.InMemory(), few.ToDisk(), many.ToDisk(), ManyFilesComparison.In(folder), new LargeDiffComparison(folder).Parsing()];
    }

    private static void Print(Comparison comparison, IReadOnlyList<Measurement> measurements)
    {
        var ours = measurements[0];
        foreach (var measurement in measurements)
        {
            var name = measurement == ours ? comparison.Name : "";
            var ratio = measurement == ours ? "" : Number(measurement.RatioTo(ours));
            var allocated = measurement.Contestant.IsProcess ? "" : measurement.Allocated.ToString("F1", CultureInfo.InvariantCulture);
            Console.WriteLine(
                $"| {name} | {measurement.Contestant.Name} | {Number(measurement.Median)} | {Number(measurement.Least)} to {Number(measurement.Most)} | {ratio} | {allocated} |");
        }
    }

    private static string Number(double value) => value.ToString(value < 10 ? "F2" : value < 100 ? "F1" : "F0", CultureInfo.InvariantCulture);

    private static string FirstLine(string folder, string program) => ExternalProgram.Read(0, folder, program, "--version").Split('\n')[0];

    /// <summary>How many processes wanted a core in the last minute, where the system tells.</summary>
    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}
