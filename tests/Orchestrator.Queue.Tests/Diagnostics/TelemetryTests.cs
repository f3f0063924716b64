using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Tests.Diagnostics;

public sealed class TelemetryTests
{
    [Fact]
    public async Task A_task_is_counted_timed_and_traced()
    {
        var measured = new ConcurrentBag<string>();
        var activities = new ConcurrentBag<Activity>();
        using var meters = Listen(measured);
        using var traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TaskQueueDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Add,
        };
        ActivitySource.AddActivityListener(traces);
        await using var queue = new TestQueue(
            (_, _) => ValueTask.FromResult(TaskHandlerResult.Completed()), builder => builder.AddWorker(options => options.Queue = "telemetry"));
        await queue.StartAsync();
        var submission = new TaskSubmission { Id = "traced", Type = "test", Payload = "1", Queue = "telemetry", TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };

        await queue.Queue.EnqueueAsync(submission, TestQueue.Cancel);
        await queue.FinishedAsync("traced");
        await queue.StopAsync();

        Assert.Contains("orchestrator.queue.enqueued {task} telemetry test", measured);
        Assert.Contains("orchestrator.queue.task.duration s telemetry test completed", measured);
        var activity = Assert.Single(activities, activity => Equals(activity.GetTagItem(TaskQueueDiagnostics.TaskIdTag), "traced"));
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", activity.TraceId.ToHexString());
        Assert.Equal("completed", activity.GetTagItem(TaskQueueDiagnostics.OutcomeTag));
    }

    [Fact]
    public async Task The_depth_of_every_queue_is_shown_by_state_from_counters()
    {
        await using var queue = new TestQueue();
        await queue.StartAsync();
        await queue.EnqueueAsync("t1");
        await queue.Queue.EnqueueAsync(new TaskSubmission { Id = "t2", Type = "test", Payload = "1", Queue = "depth", Delay = TimeSpan.FromHours(1) }, TestQueue.Cancel);
        var measured = new ConcurrentBag<string>();
        using var meters = Listen(measured);
        var depth = queue.Services.GetServices<IHostedService>().OfType<QueueDepth>().Single();

        meters.RecordObservableInstruments();
        await depth.Reading;
        meters.RecordObservableInstruments();

        Assert.Contains("orchestrator.queue.depth {task} depth scheduled = 1", measured);
        Assert.Contains("orchestrator.queue.depth {task} default available = 1", measured);
        Assert.Contains("orchestrator.queue.depth {task} default running = 0", measured);
    }

    private static MeterListener Listen(ConcurrentBag<string> measured)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == TaskQueueDiagnostics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Add(instrument.IsObservable ? $"{Line(instrument, tags)} = {value}" : Line(instrument, tags)));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => measured.Add(Line(instrument, tags)));
        listener.Start();
        return listener;
    }

    private static string Line(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        $"{instrument.Name} {instrument.Unit} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}";
}
