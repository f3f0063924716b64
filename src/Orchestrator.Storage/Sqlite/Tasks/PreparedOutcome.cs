using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Secrets;

namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>An outcome made ready on the caller's own thread: checked, redacted, as it is stored.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Kind">How the work ended.</param>
/// <param name="Result">What it gave, as JSON.</param>
/// <param name="Failure">Why it failed, as JSON.</param>
/// <param name="Retryable">Whether another attempt may fare better.</param>
/// <param name="Delay">The least time before the task may be taken again.</param>
internal readonly record struct PreparedOutcome(LeaseToken Lease, TaskOutcomeKind Kind, string? Result, string? Failure, bool Retryable, TimeSpan Delay)
{
    // What a server asked for may be beyond all times.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(3660);

    /// <summary>Makes an outcome ready.</summary>
    /// <exception cref="ArgumentException">A kind that is not known.</exception>
    /// <exception cref="StorageException">The result is too large.</exception>
    public static PreparedOutcome From(TaskOutcome outcome, ISecretRedactor? redactor)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        if (outcome.Kind is TaskOutcomeKind.Unknown)
        {
            throw new ArgumentException("The kind of the outcome is not known.", nameof(outcome));
        }

        if (outcome.Failure is not { } failure)
        {
            return new PreparedOutcome(outcome.Lease, outcome.Kind, Fit(Redaction.Json(redactor, outcome.Result)), null, Retryable: false, Cap(outcome.Backoff));
        }

        var result = Fit(Redaction.Json(redactor, failure.Result));
        var kept = failure with { Message = Redaction.Text(redactor, failure.Message), Result = result };
        return new PreparedOutcome(
            outcome.Lease,
            outcome.Kind,
            result,
            OrchestratorJson.Write(kept, OrchestratorJsonContext.Default.TaskFailure),
            failure.Retryable,
            Cap(failure.RetryAfter is { } after && after > outcome.Backoff ? after : outcome.Backoff));
    }

    /// <summary>Makes a list ready.</summary>
    public static PreparedOutcome[] From(ValueList<TaskOutcome> outcomes, ISecretRedactor? redactor)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        var prepared = new PreparedOutcome[outcomes.Count];
        for (var i = 0; i < prepared.Length; i++)
        {
            prepared[i] = From(outcomes[i], redactor);
        }

        return prepared;
    }

    /// <summary>Lets a result or checkpoint pass that is not too large.</summary>
    public static string? Fit(string? json) => json is null || json.Length <= TaskStoreLimits.MaxResultLength
        ? json
        : throw new StorageException(
            StorageErrorCodes.TooLarge, $"A result or checkpoint has {json.Length} characters; the limit is {TaskStoreLimits.MaxResultLength}. Store it apart and refer to it.");

    private static TimeSpan Cap(TimeSpan delay) => delay < LongestDelay ? delay : LongestDelay;
}
