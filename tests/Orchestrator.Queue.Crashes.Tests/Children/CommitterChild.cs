using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Queue.Crashes.Tests.Children;

/// <summary>Many callers that enqueue task after task at the same moment, so that commits are shared; each writes down what it was told.</summary>
internal static class CommitterChild
{
    private const int Callers = 16;

    public static async Task RunAsync(TortureSettings settings)
    {
        var services = new ServiceCollection();
        TortureQueue.Add(services, settings);
        services.Configure<SqliteStorageOptions>(options => options.Durability = SqliteDurability.Full);
        await using var provider = services.BuildServiceProvider();
        var queue = provider.GetRequiredService<ITaskQueue>();
        await using var acks = new FileStream(settings.AcksPath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var gate = new Lock(); // guards acks
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(caller))));

        async Task CallAsync(int caller)
        {
            for (var number = 0; ; number++)
            {
                var id = string.Create(CultureInfo.InvariantCulture, $"{settings.Name}-{caller}-{number}");
                await queue.EnqueueAsync(new TaskSubmission { Id = id, Type = TortureQueue.TaskType, Payload = "0" });
                lock (gate)
                {
                    acks.Write(Encoding.ASCII.GetBytes(id + "\n"));
                }

                if (number == 0)
                {
                    await Console.Out.WriteLineAsync(id);
                }
            }
        }
    }
}
