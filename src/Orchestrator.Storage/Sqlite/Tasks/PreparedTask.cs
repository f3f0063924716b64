using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Secrets;

namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>A submission made ready on the caller's own thread: redacted, its parts as they are stored.</summary>
/// <param name="Submission">What was submitted; its payload is not redacted.</param>
/// <param name="Payload">The redacted payload.</param>
/// <param name="Labels">The labels that a worker must have, as JSON.</param>
/// <param name="Window">The window as JSON.</param>
/// <param name="States">The states in which the task holds its key, with a comma before and after each.</param>
internal sealed record PreparedTask(TaskSubmission Submission, string Payload, string? Labels, string? Window, string States)
{
    private const string WaitingAndRunning = ",scheduled,available,running,retryable,blocked,";

    public static PreparedTask From(TaskSubmission submission, ISecretRedactor? redactor)
    {
        ArgumentNullException.ThrowIfNull(submission);
        if (submission.Window is { TimeZone: var zone } && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            throw new ArgumentException($"The window of task '{submission.Id}' has the time zone '{zone}', which this machine does not know. Give an IANA name such as 'Europe/Berlin'.", nameof(submission));
        }

        return new PreparedTask(
            submission,
            Redaction.Json(redactor, submission.Payload)!,
            submission.Assignment is { Labels: { Count: > 0 } labels } ? OrchestratorJson.Write(labels, OrchestratorJsonContext.Default.ValueMap) : null,
            submission.Window is { } window ? OrchestratorJson.Write(window, OrchestratorJsonContext.Default.TaskWindow) : null,
            submission.DeduplicationStates.Count == 0 ? WaitingAndRunning : $",{string.Join(',', submission.DeduplicationStates.Select(state => state.ToName()))},");
    }

    /// <summary>Makes a list ready.</summary>
    public static PreparedTask[] From(ValueList<TaskSubmission> submissions, ISecretRedactor? redactor)
    {
        ArgumentNullException.ThrowIfNull(submissions);
        var tasks = new PreparedTask[submissions.Count];
        for (var i = 0; i < tasks.Length; i++)
        {
            tasks[i] = From(submissions[i], redactor);
        }

        return tasks;
    }

    /// <summary>When the task may run first, and when the window closes that this lies in.</summary>
    public TaskTimes TimesFrom(DateTimeOffset now)
    {
        var at = Submission.AvailableAt is { } wished && wished > now ? wished : now;
        if (Submission.Delay is { } delay && now + delay > at)
        {
            at = now + delay;
        }

        return TaskTimes.From(Submission.Window, at);
    }
}
