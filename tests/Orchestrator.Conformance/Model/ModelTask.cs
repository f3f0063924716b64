using Orchestrator.Queue;
using Orchestrator.Queue.Plans;

namespace Orchestrator.Conformance.Model;

/// <summary>A task as the model knows it.</summary>
internal sealed class ModelTask
{
    public required TaskSubmission Submission { get; set; }

    public required int Order { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public QueuedTaskState State { get; set; }

    public DateTimeOffset AvailableAt { get; set; }

    public DateTimeOffset? Deadline { get; set; }

    public TimeSpan Ageing { get; set; }

    public int Priority { get; set; }

    public int Attempt { get; set; }

    public int Crashes { get; set; }

    public long LeaseId { get; set; }

    public DateTimeOffset LeaseUntil { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public WorkerIdentity? Worker { get; set; }

    public bool CancelRequested { get; set; }

    public bool ReleaseRequested { get; set; }

    public string? Checkpoint { get; set; }

    public string? Result { get; set; }

    public string? FailureCode { get; set; }

    public string? PlanId { get; init; }

    public PlanCondition Condition { get; init; }

    public IReadOnlyList<string> DependsOn { get; init; } = [];

    public bool IsGate { get; init; }

    public bool IsGateOpen { get; set; }

    public List<(long LeaseId, string WorkerId, TaskAttemptOutcome Outcome)> Attempts { get; } = [];

    /// <summary>Other states that are as good, by the contract; which one it is, is learned from the engine.</summary>
    public List<QueuedTaskState> OtherStates { get; } = [];

    /// <summary>Other times that are as good.</summary>
    public List<DateTimeOffset> OtherTimes { get; } = [];

    /// <summary>Until when the engine need not look at the task's window again: it is available, and its window is open.</summary>
    public DateTimeOffset SettledUntil { get; set; }

    public string Id => Submission.Id;

    public string? Group => Submission.Group;

    public int Slots => Submission.Slots;

    public long Rank => AvailableAt.ToUnixTimeMilliseconds() - (long)(Priority * Ageing.TotalMilliseconds);

    public LeaseToken Token => new(Id, LeaseId);

    public bool IsWaiting => State is QueuedTaskState.Scheduled or QueuedTaskState.Available or QueuedTaskState.Retryable or QueuedTaskState.Blocked;

    public bool IsFinished => State is QueuedTaskState.Completed or QueuedTaskState.Cancelled or QueuedTaskState.Discarded;
}
