using System.Diagnostics;
using System.Globalization;
using System.Text;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>
/// Spoilt patches of every form, read and applied: whatever comes in, no exception, bounded work, nothing outside of the root, and a tree that is the old one unless all of it was applied.
/// </summary>
/// <remarks>
/// <c>ORCHESTRATOR_FUZZ</c> says how many instead of what every build can afford, and <c>ORCHESTRATOR_FUZZ_FIRST</c> with which number to begin. A number that fails can be run alone.
/// </remarks>
public sealed class PatchFuzzTests
{
    private const int EachDisk = 200;

    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(20);

    private static int First => Number("ORCHESTRATOR_FUZZ_FIRST") ?? 1;

    [Fact]
    public Task Spoilt_patches_are_refused_or_applied_and_taken_back() => RunAsync(FuzzSeeds.Own(), 10_000);

    [Fact]
    public Task Spoilt_patches_of_other_tools_are_refused_or_applied_and_taken_back() => RunAsync(FuzzSeeds.Shared(), 10_000);

    private static async Task RunAsync(IReadOnlyList<FuzzSeed> seeds, int always)
    {
        var count = Number("ORCHESTRATOR_FUZZ") / 2 ?? always;
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        var outcomes = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var number = First; number < First + count; number++)
        {
            var test = new FuzzCase(number, seeds) { IsOnDisk = number % EachDisk == 0 };
            if (await FaultAsync(test) is { } fault)
            {
                faults.TryAdd(fault.Kind, $"{number}: {fault.Text}");
            }

            var outcome = test.Outcome?.ToString() ?? "Unread";
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", outcomes));
        Assert.True(faults.Count == 0, faults.Values.Aggregate(new StringBuilder(), static (text, fault) => text.AppendLine(fault)).ToString());
        Assert.True(count < 1000 || (Share("Applied") > 0.02 && Share("Rejected") > 0.05 && Share("Unread") > 0.05), string.Join(", ", outcomes));

        double Share(string outcome) => (double)outcomes.GetValueOrDefault(outcome) / count;
    }

    private static async Task<(string Kind, string Text)?> FaultAsync(FuzzCase test)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            await Task.Run(test.RunAsync, TestContext.Current.CancellationToken).WaitAsync(MaxTime, TestContext.Current.CancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            var place = error.StackTrace?.Split('\n').FirstOrDefault(static line => line.Contains("Orchestrator.", StringComparison.Ordinal)) ?? "";
            return ($"{error.GetType().Name} {(error is Xunit.Sdk.XunitException ? error.Message.Split(':')[0] : place)}", $"{error}\n{Shown(test)}");
        }

        clock.Stop();
        var most = (16L << 20) + (200L * test.Length);
        return test.ReadBytes > most
            ? ("memory", $"reading {test.Length} bytes took {test.ReadBytes} bytes\n{Shown(test)}")
            : clock.Elapsed > MaxTime / 4 ? ("time", $"{clock.Elapsed} for {test.Length} bytes\n{Shown(test)}") : null;
    }

    private static string Shown(FuzzCase test) =>
        test.Set is { } set && OrchestratorJson.Write(set, OrchestratorJsonContext.Default.PatchSet) is var json ? json[..Math.Min(json.Length, 2000)] : "";

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
