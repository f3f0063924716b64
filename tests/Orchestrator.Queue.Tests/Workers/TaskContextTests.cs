using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Queue.Workers;
using Orchestrator.Storage;
using Orchestrator.Testing;

namespace Orchestrator.Queue.Tests.Workers;

public sealed class TaskContextTests
{
    private readonly HeldHandler _handler = new();

    private static CancellationToken Cancel => TestQueue.Cancel;

    [Fact]
    public async Task The_first_report_is_stored_at_once_and_the_next_ones_are_gathered()
    {
        await using var queue = await StartAsync();
        var (leases, context) = ((WatchedLeases)queue.Leases, await _handler.StartedAsync());

        await context.ReportAsync(new TaskProgress(10, "reading"), Cancel);
        await context.ReportAsync(new TaskProgress(20, "writing"), Cancel);
        await context.LogAsync("a line", cancellationToken: Cancel);

        Assert.Equal(1, leases.Reports);
        Assert.Equal(new TaskProgress(10, "reading"), (await queue.GetAsync("t1")).Progress);
        Assert.Equal(LeaseStatus.Held, await context.FlushAsync(Cancel));
        Assert.Equal(new TaskProgress(20, "writing"), (await queue.GetAsync("t1")).Progress);
        Assert.Equal(["a line"], (await queue.Administration.GetLogAsync("t1", cancellationToken: Cancel)).Select(line => line.Text));
    }

    [Fact]
    public async Task After_a_second_reports_are_stored_at_once_again()
    {
        await using var queue = await StartAsync();
        var context = await _handler.StartedAsync();

        await context.ReportAsync(new TaskProgress(10), Cancel);
        queue.Time.Advance(TimeSpan.FromSeconds(1));
        await context.ReportAsync(new TaskProgress(20), Cancel);

        Assert.Equal(20, (await queue.GetAsync("t1")).Progress!.Value.Percent);
    }

    [Fact]
    public async Task What_was_gathered_is_stored_before_the_task_ends()
    {
        await using var queue = await StartAsync();
        var context = await _handler.StartedAsync();

        await context.LogAsync("first", TaskLogLevel.Warning, Cancel);
        await context.LogAsync("second", cancellationToken: Cancel);
        _handler.GoOn(TaskHandlerResult.Completed());
        await queue.FinishedAsync("t1");

        var lines = await queue.Administration.GetLogAsync("t1", cancellationToken: Cancel);
        Assert.Equal([("first", TaskLogLevel.Warning, 1L), ("second", TaskLogLevel.Information, 1L)], lines.Select(line => (line.Text, line.Level, line.LeaseId)));
        Assert.All(lines, line => Assert.Equal(ManualTimeProvider.DefaultStart, line.At));
    }

    [Fact]
    public async Task Two_hundred_gathered_lines_are_stored_at_once()
    {
        await using var queue = await StartAsync();
        var (leases, context) = ((WatchedLeases)queue.Leases, await _handler.StartedAsync());

        foreach (var i in Enumerable.Range(0, 201))
        {
            await context.LogAsync($"line {i}", cancellationToken: Cancel);
        }

        Assert.Equal(2, leases.Reports);
        Assert.Equal(201, (await queue.Administration.GetLogAsync("t1", cancellationToken: Cancel)).Count);
    }

    [Fact]
    public async Task What_cannot_be_stored_fails_no_handler_and_is_stored_later()
    {
        await using var queue = await StartAsync();
        var (leases, context) = ((WatchedLeases)queue.Leases, await _handler.StartedAsync());
        leases.ReportFailure = new StorageException(StorageErrorCodes.Busy, "busy", isTransient: true);

        Assert.Equal(LeaseStatus.Held, await context.LogAsync("a line", cancellationToken: Cancel));
        Assert.Equal(LeaseStatus.Held, await context.ReportAsync(new TaskProgress(10), Cancel));
        await Assert.ThrowsAsync<StorageException>(() => context.FlushAsync(Cancel).AsTask());
        leases.ReportFailure = null;
        await context.FlushAsync(Cancel);

        Assert.Equal(10, (await queue.GetAsync("t1")).Progress!.Value.Percent);
        Assert.Equal(["a line"], (await queue.Administration.GetLogAsync("t1", cancellationToken: Cancel)).Select(line => line.Text));
        Assert.Contains(queue.Logs.Entries, entry => entry.EventId.Id == 1116);
    }

    [Fact]
    public async Task Lines_that_cannot_be_stored_are_tried_once_a_second_and_the_last_thousand_are_kept()
    {
        await using var queue = await StartAsync();
        var (leases, context) = ((WatchedLeases)queue.Leases, await _handler.StartedAsync());
        leases.ReportFailure = new StorageException(StorageErrorCodes.Busy, "busy", isTransient: true);
        foreach (var i in Enumerable.Range(0, 1500))
        {
            await context.LogAsync($"line {i}", cancellationToken: Cancel);
        }

        var tries = leases.Reports;
        leases.ReportFailure = null;
        await context.FlushAsync(Cancel);

        var lines = await queue.Administration.GetLogAsync("t1", limit: 2000, cancellationToken: Cancel);
        Assert.Equal((1, 1001), (tries, lines.Count));
        Assert.Equal(("500 lines before this one are lost: they could not be stored in time.", "line 500", "line 1499"), (lines[0].Text, lines[1].Text, lines[1000].Text));
    }

    [Fact]
    public async Task What_is_lost_at_the_end_is_said_to_be_lost()
    {
        await using var queue = await StartAsync();
        var (leases, context) = ((WatchedLeases)queue.Leases, await _handler.StartedAsync());
        leases.ReportFailure = new StorageException(StorageErrorCodes.Busy, "busy", isTransient: true);

        await context.LogAsync("a line", cancellationToken: Cancel);
        _handler.GoOn(TaskHandlerResult.Completed());

        Assert.Equal(QueuedTaskState.Completed, (await queue.FinishedAsync("t1")).State);
        Assert.Contains(queue.Logs.Entries, entry => entry.EventId.Id == 1119);
    }

    [Fact]
    public async Task A_task_outside_a_plan_depends_on_nothing()
    {
        await using var queue = await StartAsync();

        Assert.Empty(await (await _handler.StartedAsync()).GetDependencyResultsAsync(Cancel));
    }

    private async Task<TestQueue> StartAsync()
    {
        var queue = new TestQueue(_handler.HandleAsync, builder => builder.Services.AddSingleton<ITaskLeases>(WatchedLeases.Watch));
        await queue.StartAsync();
        await queue.EnqueueAsync("t1");
        return queue;
    }
}
