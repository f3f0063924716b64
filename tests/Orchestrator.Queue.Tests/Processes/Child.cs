using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Tests.Processes;

/// <summary>Other processes on the same queue: started by tests, killed by tests.</summary>
internal static class Child
{
    public const string Switch = "--orchestrator-child";

    public static Process Start(string workingDirectory, params string[] args)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { WorkingDirectory = workingDirectory, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Switch);
        foreach (var arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        return Process.Start(start)!;
    }

    public static async Task<int> RunAsync(string[] args)
    {
        switch (args)
        {
            case ["work", var database, var presence]:
                await WorkAsync(database, presence);
                return 0;
            case ["enqueue", var database, var prefix, var count]:
                await EnqueueAsync(database, prefix, int.Parse(count, CultureInfo.InvariantCulture));
                return 0;
            case ["starve", var database]:
                await StarveAsync(database);
                return 0;
            case ["bare"]:
                await BareAsync();
                return 0;
            default:
                return 2;
        }
    }

    private static async Task WorkAsync(string database, string presence)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddTaskQueue(options => options.PresenceDirectory = presence).UseSqlite(database)
            .AddHandler<HangingHandler>().AddWorker(options => options.LeaseDuration = TimeSpan.FromHours(1));
        await builder.Build().RunAsync();
    }

    private static async Task EnqueueAsync(string database, string prefix, int count)
    {
        var services = new ServiceCollection();
        services.AddTaskQueue().UseSqlite(database);
        await using var provider = services.BuildServiceProvider();
        var queue = provider.GetRequiredService<ITaskQueue>();
        for (var i = 0; i < count; i++)
        {
            await queue.EnqueueAsync(new TaskSubmission { Id = $"{prefix}-{i}", Type = "test", Payload = "1" });
        }
    }

    // Every thread that the pool may have is blocked by a handler for longer than a lease.
    private static async Task StarveAsync(string database)
    {
        var threads = Environment.ProcessorCount;
        ThreadPool.SetMinThreads(threads, threads);
        ThreadPool.SetMaxThreads(threads, threads);
        var reasons = new ConcurrentBag<TaskStopReason>();
        using var never = new ManualResetEventSlim();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddTaskQueue(options => options.Listen = false).UseSqlite(database)
            .AddHandler("block", (TaskContext context) =>
            {
                never.Wait(TimeSpan.FromSeconds(5), CancellationToken.None);
                reasons.Add(context.StopReason);
            })
            .AddWorker(options => (options.Concurrency, options.LeaseDuration) = (threads, TimeSpan.FromSeconds(3)));
        using var host = builder.Build();
        var queue = host.Services.GetRequiredService<ITaskQueue>();
        var ids = Enumerable.Range(0, threads).Select(i => $"t{i}").ToList();
        await queue.EnqueueAsync(ids.Select(id => new TaskSubmission { Id = id, Type = "block", Payload = "1" }).ToValueList());
        await host.StartAsync();
        foreach (var id in ids)
        {
            await queue.WaitAsync(id);
        }

        await host.StopAsync();
        Console.WriteLine(string.Join(' ', reasons.Distinct()));
    }

    private static async Task BareAsync()
    {
        await using var provider = new ServiceCollection().AddTaskQueue().Services.BuildServiceProvider();
        var result = await provider.GetRequiredService<ITaskQueue>().EnqueueAsync(new TaskSubmission { Id = "t1", Type = "test", Payload = "1" });
        Console.WriteLine(result.Status);
    }

    private sealed class HangingHandler : ITaskHandler
    {
        public string Type => "hang";

        public async ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, CancellationToken cancellationToken)
        {
            await context.CheckpointAsync("""{"step":1}""", cancellationToken);

            // As an agent would: a process of its own that outlives a killed worker, and must not keep the worker's lock.
            using var agent = Process.Start("sleep", "60");
            await Console.Out.WriteLineAsync($"started {context.Task.Id} {context.Worker.Id} {agent.Id}".AsMemory(), cancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return TaskHandlerResult.Completed();
        }
    }
}
