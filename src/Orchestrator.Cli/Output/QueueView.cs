using System.Globalization;
using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Queue.Schedules;
using Orchestrator.Storage;
using Spectre.Console;

namespace Orchestrator.Cli.Output;

/// <summary>Queues, plans, schedules and what is known of a task, for people.</summary>
internal sealed class QueueView(IAnsiConsole console)
{
    /// <returns>Whether the line is of that kind.</returns>
    public bool TryWrite(CliLine line)
    {
        switch (line)
        {
            case { Attempt: { } attempt }:
                WriteAttempt(attempt);
                break;
            case { LogLine: { } text }:
                console.MarkupLineInterpolated($"{text.Sequence,6}  {text.At:u}  [grey]{text.Level.ToName(),-11}[/] {Terminal.Safe(text.Text)}");
                break;
            case { Wait: { } wait }:
                console.MarkupLineInterpolated($"[bold]{wait.Reason.ToName(),-16}[/] {Terminal.Safe(wait.Message)}{Until(wait.Until)}");
                break;
            case { Queue: { } queue }:
                WriteQueue(queue);
                break;
            case { Statistics: { } statistics }:
                WriteStatistics(statistics);
                break;
            case { Plan: { } plan }:
                WritePlan(plan);
                break;
            case { Schedule: { } schedule }:
                WriteSchedule(schedule);
                break;
            case { Sizes: { } sizes }:
                WriteSizes(sizes);
                break;
            default:
                return false;
        }

        return true;
    }

    private void WriteAttempt(TaskAttempt attempt)
    {
        var seconds = (attempt.EndedAt - attempt.StartedAt).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        var who = $"{Terminal.Safe(attempt.WorkerName)} in {Terminal.Safe(attempt.ContainerName)}";
        console.MarkupLineInterpolated($"{attempt.LeaseId,4}  {attempt.StartedAt:u}  [bold]{attempt.Outcome.ToName(),-9}[/] after {seconds} s by {who}  {Terminal.Safe(attempt.Failure?.Message)}");
    }

    private void WriteQueue(QueueStatus queue)
    {
        var settings = queue.Settings;
        console.MarkupLineInterpolated($"[bold]{settings.Queue,-20}[/] {Words(queue.Statistics)}{(settings.IsPaused ? "  paused" : "")}{Limits(settings)}{Oldest(queue.OldestAvailableAt)}");
    }

    private void WriteStatistics(QueueStatistics statistics)
    {
        foreach (var (state, count) in Counts(statistics))
        {
            console.MarkupLineInterpolated($"{state,-10} {count,12}");
        }
    }

    private void WritePlan(PlanStatus plan)
    {
        var percent = plan.Percent.ToString("0", CultureInfo.InvariantCulture);
        console.MarkupLineInterpolated($"{plan.Id}  [bold]{plan.State.ToName(),-9}[/] {percent,3} %  {plan.CreatedAt:u}  {Words(plan.Statistics)}  {Terminal.Safe(plan.Title)}");
        foreach (var task in plan.Tasks)
        {
            var gate = task switch { { IsOpen: true } => "  waits for a decision", { IsGate: true } => "  gate", _ => "" };
            var after = task.DependsOn.Count == 0 ? "" : $"  after {string.Join(", ", task.DependsOn)} ({task.Condition.ToName()})";
            console.MarkupLineInterpolated($"  {task.TaskId,-36} [bold]{task.State.ToName(),-10}[/] {task.Type}{gate}{after}  {Terminal.Safe(task.Failure?.Message)}");
        }
    }

    private void WriteSchedule(ScheduleStatus status)
    {
        var schedule = status.Schedule;
        var times = schedule.Cron is { } cron ? $"{cron} ({schedule.TimeZone})" : $"every {schedule.Interval}";
        var next = schedule.IsPaused ? "paused" : status.NextAt is { } at ? $"next {at:u}" : "ended";
        var last = status.LastAt is { } then ? $"  last {then:u} as {status.LastTaskId}" : "";
        console.MarkupLineInterpolated($"{schedule.Id,-24} [bold]{next,-25}[/] {Terminal.Safe(times)}  {schedule.Task.Type}{last}");
    }

    private void WriteSizes(StorageSizes sizes)
    {
        console.MarkupLineInterpolated($"{"database",-28} {ByteSize.Show(sizes.DatabaseBytes),12}, of which free {ByteSize.Show(sizes.FreeBytes)}; log {ByteSize.Show(sizes.LogBytes)}");
        foreach (var table in sizes.Tables)
        {
            var rows = table.Rows is { } count ? $"about {count.ToString(CultureInfo.InvariantCulture)} rows" : "";
            console.MarkupLineInterpolated($"  {table.Table,-26} {(table.Bytes is { } bytes ? ByteSize.Show(bytes) : ""),12}  {rows}");
        }
    }

    private static IEnumerable<(string State, long Count)> Counts(QueueStatistics statistics) =>
    [
        ("scheduled", statistics.Scheduled), ("available", statistics.Available), ("running", statistics.Running), ("retryable", statistics.Retryable),
        ("blocked", statistics.Blocked), ("completed", statistics.Completed), ("cancelled", statistics.Cancelled), ("discarded", statistics.Discarded),
    ];

    private static string Words(QueueStatistics statistics) =>
        string.Join(", ", Counts(statistics).Where(pair => pair.Count > 0).Select(pair => $"{pair.Count.ToString(CultureInfo.InvariantCulture)} {pair.State}")) is { Length: > 0 } words ? words : "empty";

    private static string Limits(QueueSettings settings) => string.Concat(
        settings.MaxRunning is { } running ? $"  at most {running} run" : "",
        settings.MaxRunningPerGroup is { } each ? $"  at most {each} of a group" : "",
        settings.RatePerGroup is { } rate ? $"  {rate.Count} of a group in {rate.Period}" : "");

    private static string Oldest(DateTimeOffset? at) => at is { } since ? $"  the first waits since {since:u}" : "";

    private static string Until(DateTimeOffset? until) => until is { } at ? $" until {at:u}" : "";
}
