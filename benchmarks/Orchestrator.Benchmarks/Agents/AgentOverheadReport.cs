using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Orchestrator.Benchmarks.Agents;

/// <summary>What running an agent CLI through a provider costs on top of the same command line run by hand, in interleaved rounds, as one Markdown table.</summary>
internal static class AgentOverheadReport
{
    private const string Usage = "Usage: --agents [ROUNDS], from 1 to 99; needs python3, the scripted model server (ORCHESTRATOR_SHARED) and at least one agent (eng/engines.sh agents)";

    /// <returns>The exit code: 0, or 2 for arguments that say nothing and for a machine that lacks something.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var rounds = 7;
        MeasuredAgent[] agents = [.. MeasuredAgent.All.Where(static agent => agent.Program is not null)];
        if ((arguments.Count > 0 && !(int.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out rounds) && rounds is >= 1 and <= 99))
            || agents.Length == 0 || ModelServer.Script is null)
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("orchestrator-benchmark-").FullName;
        try
        {
            using var server = await ModelServer.StartAsync(folder);
            Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} cores; medians of {rounds} rounds, by hand and ours in turns; load before: {Load()}\n");
            Console.WriteLine("| agent | by hand, ms | ours, ms | ours more, ms (median of the rounds' differences) | our own CPU, ms | our CPU of our wall time |\n|---|---:|---:|---:|---:|---:|");
            foreach (var agent in agents)
            {
                await MeasureAsync(agent, server, Path.Combine(folder, agent.Name), rounds);
            }

            Console.WriteLine($"\nLoad after: {Load()}");
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(MeasuredAgent agent, ModelServer server, string folder, int rounds)
    {
        var place = new AgentPlace(folder);
        var recorded = await RecordedCommand.RecordAsync(agent, server, place);
        List<double> byHand = [], ours = [], more = [], cpu = [];
        for (var round = -1; round < rounds; round++)
        {
            var (hand, own) = (0.0, (Wall: 0.0, Cpu: 0.0));
            for (var turn = 0; turn < 2; turn++)
            {
                // Whoever begins changes every round.
                if ((turn + round) % 2 == 0)
                {
                    hand = await TimeAsync(place, () => recorded.RunAsync(place));
                }
                else
                {
                    var before = Process.GetCurrentProcess().TotalProcessorTime;
                    var wall = await TimeAsync(place, () => agent.RunAsync(server, place, agent.Program!, useProxy: true));
                    own = (wall, (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds);
                }
            }

            if (round >= 0)
            {
                byHand.Add(hand);
                ours.Add(own.Wall);
                more.Add(own.Wall - hand);
                cpu.Add(own.Cpu);
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {agent.Name} | {Median(byHand):F0} | {Median(ours):F0} | {Median(more):F0} | {Median(cpu):F0} | {Median([.. cpu.Zip(ours, static (used, wall) => used / wall)]):P1} |"));
    }

    private static async Task<double> TimeAsync(AgentPlace place, Func<Task> run)
    {
        place.Renew();
        var start = Stopwatch.GetTimestamp();
        await run();
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        place.Check();
        return elapsed;
    }

    private static double Median(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}
