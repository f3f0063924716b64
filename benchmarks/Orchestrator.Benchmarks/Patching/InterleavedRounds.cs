using System.Diagnostics;

namespace Orchestrator.Benchmarks.Patching;

/// <summary>Lets all contestants of a comparison work in turns, round by round, so that what else the machine does meets all of them alike.</summary>
/// <param name="folder">An empty directory for the files.</param>
/// <param name="rounds">How many rounds count.</param>
/// <param name="isFresh">Whether what the contestants find may not be on the disk yet.</param>
internal sealed class InterleavedRounds(string folder, int rounds, bool isFresh)
{
    /// <summary>As long as files must lie still for their times to tell that nobody wrote to them since.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2.1);

    public async Task<IReadOnlyList<Measurement>> RunAsync(Comparison comparison)
    {
        var contestants = comparison.Contestants;
        WriteFiles(comparison);
        WriteBack();
        await Task.Delay(Settling, TimeProvider.System);
        Measurement[] measurements = [.. contestants.Select(static contestant => new Measurement(contestant))];
        for (var round = 0; round < comparison.Warmups + rounds; round++)
        {
            for (var turn = 0; turn < contestants.Count; turn++)
            {
                // Another one begins every round, and every second round goes backwards: nobody always comes after the same other.
                var index = ((round % 2 == 0 ? turn : contestants.Count - 1 - turn) + round) % contestants.Count;
                if (round < FirstRound(comparison, index))
                {
                    continue;
                }

                var (milliseconds, megabytes) = await MeasureAsync(contestants[index], Place(comparison, index, round), comparison.Calls);
                if (round >= comparison.Warmups)
                {
                    measurements[index].Add(milliseconds, megabytes);
                }
            }
        }

        return measurements;
    }

    /// <summary>All files of all rounds are there before the first one, and stay until the end: to make or to remove thousands makes the next writes dearer.</summary>
    private void WriteFiles(Comparison comparison)
    {
        for (var index = 0; index < comparison.Contestants.Count; index++)
        {
            for (var round = FirstRound(comparison, index); round < comparison.Warmups + rounds; round++)
            {
                var place = Place(comparison, index, round);
                Directory.CreateDirectory(place);
                comparison.Contestants[index].Write?.Invoke(place);
            }
        }
    }

    private async Task<(double Milliseconds, double Megabytes)> MeasureAsync(Contestant contestant, string place, int calls)
    {
        if (contestant.Write is not null)
        {
            // What others have written is on the disk before the clock runs.
            WriteBack();
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var start = Stopwatch.GetTimestamp();
        for (var call = 0; call < calls; call++)
        {
            if (await contestant.RunAsync(place) == 0)
            {
                throw new InvalidOperationException($"{contestant.Name} did nothing: the measurement would mean nothing.");
            }
        }

        var elapsed = Stopwatch.GetElapsedTime(start);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        contestant.Check?.Invoke(place);
        return (elapsed.TotalMilliseconds / calls, allocated / 1e6 / calls);
    }

    private void WriteBack()
    {
        if (!isFresh)
        {
            ExternalProgram.Run(folder, "sync");
        }
    }

    /// <summary>A process has nothing to warm up but the machine's caches: once is enough.</summary>
    private static int FirstRound(Comparison comparison, int index) => comparison.Contestants[index].IsProcess ? comparison.Warmups - 1 : 0;

    private string Place(Comparison comparison, int index, int round) => Path.Combine(folder, comparison.Key, $"{index}-{round}");
}
