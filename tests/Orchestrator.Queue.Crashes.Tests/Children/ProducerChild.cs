using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Crashes.Tests.Children;

/// <summary>
/// Enqueues tasks in batches and writes down, in a file, how far it was told that they are there. A new producer goes on from that file alone: what the one
/// before was told must be true.
/// </summary>
internal static class ProducerChild
{
    private const int Batch = 100;

    private const int MaxWaiting = 4000;

    public static async Task RunAsync(TortureSettings settings)
    {
        await using var provider = TortureQueue.Open(settings);
        var queue = provider.GetRequiredService<ITaskQueue>();
        var administration = provider.GetRequiredService<ITaskAdministration>();
        var next = AcknowledgedBy(settings.AcksPath);
        await using var acks = new FileStream(settings.AcksPath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        while (next < settings.Tasks)
        {
            try
            {
                // Never far ahead of the workers: there is a producer to kill until the end.
                if ((await administration.GetStatisticsAsync()).Unfinished > MaxWaiting)
                {
                    await Task.Delay(settings.PollInterval / 4, TimeProvider.System);
                    continue;
                }

                var until = Math.Min(next + Batch, settings.Tasks);
                await queue.EnqueueAsync(Enumerable.Range(next, until - next).Select(Make).ToValueList());
                next = until;
                await acks.WriteAsync(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{next}\n")));
            }
            catch (StorageException error)
            {
                await Console.Error.WriteLineAsync($"Error producer: {error.Code} {error.Message} {error}".ReplaceLineEndings(" "));
                await Task.Delay(settings.PollInterval, TimeProvider.System);
            }
        }
    }

    /// <summary>How many tasks producers were told that they are there. A line that was cut off says nothing.</summary>
    public static int AcknowledgedBy(string path)
    {
        var text = File.Exists(path) ? File.ReadAllText(path) : "";
        var lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == 0 ? 0 : int.Parse(lines[^1], CultureInfo.InvariantCulture);
    }

    private static TaskSubmission Make(int number) => new()
    {
        Id = TortureQueue.TaskId(number),
        Type = TortureQueue.TaskType,
        Payload = number.ToString(CultureInfo.InvariantCulture),
        Priority = number % 7 == 0 ? 1 : 0,
    };
}
