namespace Orchestrator.Routing.Attempts;

/// <summary>What is done after a failed attempt.</summary>
public enum FailureResponse
{
    /// <summary>Nothing more: no other attempt will fare better, or none is wanted.</summary>
    Stop = 0,

    /// <summary>The same provider again after a short wait, as often as <see cref="AttemptOptions.RetriesOfSameProvider"/> says; then the next.</summary>
    RetrySame,

    /// <summary>The next provider.</summary>
    Next,

    /// <summary>The next provider that offers a model with more room than the one that failed.</summary>
    NextWithMoreContext,

    /// <summary>The next provider; when there is none, the same one after the time it asked for, if that is at most <see cref="AttemptOptions.MaxWait"/>.</summary>
    NextOrWait,
}
