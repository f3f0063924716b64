using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace Orchestrator.Benchmarks.Peers;

/// <summary>The cases, the same as in node/contestant.mjs: what one of them changes, the other must change too.</summary>
internal static class Cases
{
    private static readonly TimeProvider Time = TimeProvider.System;

    /// <summary>Runs one case.</summary>
    /// <returns>Its figures by name.</returns>
    public static async Task<Dictionary<string, double>> RunAsync(IContestant contestant, string name, JsonElement parameters)
    {
        int Number(string key) => parameters.GetProperty(key).GetInt32();
        switch (name)
        {
            case "enqueue":
                await EnqueueAsync(contestant, 1600, Number("callers"), 1);
                return new() { ["rate"] = await EnqueueAsync(contestant, Number("tasks"), Number("callers"), 1) };
            case "batch":
                await EnqueueAsync(contestant, 5000, Number("callers"), Number("size"));
                return new() { ["rate"] = await EnqueueAsync(contestant, Number("tasks"), Number("callers"), Number("size")) };
            case "drain":
                await DrainAsync(contestant, Number("tasks") / 2); // warms up: compilers of both platforms need a second or so
                return new() { ["rate"] = await DrainAsync(contestant, Number("tasks")) };
            case "latency":
                return await LatencyAsync(contestant, Number("perSecond"), Number("seconds"));
            default:
                throw new ArgumentException($"Unknown case '{name}'.", nameof(name));
        }
    }

    public static async Task<double> EnqueueAsync(IContestant contestant, int tasks, int callers, int size)
    {
        var left = tasks;
        var began = Time.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Add(ref left, -size) + size > 0)
            {
                await (size == 1 ? contestant.EnqueueAsync(Payload()) : contestant.EnqueueManyAsync(Payloads(size)));
            }
        })));
        return tasks / Time.GetElapsedTime(began).TotalSeconds;
    }

    public static async Task<double> DrainAsync(IContestant contestant, int tasks)
    {
        for (var added = 0; added < tasks; added += 500)
        {
            await contestant.EnqueueManyAsync(Payloads(Math.Min(500, tasks - added)));
        }

        var done = 0;
        var began = Time.GetTimestamp();
        double rate;
        await using (await contestant.WorkAsync(_ => Interlocked.Increment(ref done)))
        {
            while (Volatile.Read(ref done) < tasks || !await contestant.IsEmptyAsync())
            {
                await Task.Delay(TimeSpan.FromMilliseconds(2), Time);
            }

            rate = tasks / Time.GetElapsedTime(began).TotalSeconds;
        }

        return done == tasks ? rate : throw new InvalidOperationException($"{done} tasks ran, not {tasks}.");
    }

    private static async Task<Dictionary<string, double>> LatencyAsync(IContestant contestant, int perSecond, int seconds)
    {
        var samples = new ConcurrentQueue<double>();
        await using var worker = await contestant.WorkAsync(payload => samples.Enqueue(Time.GetElapsedTime(SentAt(payload)).TotalMilliseconds));
        var count = perSecond * (seconds + 1);
        var sent = new List<Task>();
        var began = Time.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var wait = TimeSpan.FromSeconds((double)i / perSecond) - Time.GetElapsedTime(began);
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Time);
            sent.Add(contestant.EnqueueAsync(Payload()).AsTask());
        }

        await Task.WhenAll(sent);
        while (samples.Count < count)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), Time);
        }

        var sorted = samples.Skip(perSecond).Order().ToList();
        return new() { ["p50"] = sorted[sorted.Count / 2], ["p99"] = sorted[(int)(sorted.Count * 0.99)] };
    }

    private static List<string> Payloads(int count) => [.. Enumerable.Range(0, count).Select(_ => Payload())];

    private static string Payload() => string.Create(CultureInfo.InvariantCulture,
        $$"""{"at":{{Time.GetTimestamp()}},"note":"a small payload of about one hundred bytes, the same for every contestant of the run"}""");

    private static long SentAt(string payload)
    {
        using var document = JsonDocument.Parse(payload);
        return document.RootElement.GetProperty("at").GetInt64();
    }
}
