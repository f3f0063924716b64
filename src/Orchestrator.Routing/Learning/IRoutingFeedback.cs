namespace Orchestrator.Routing;

/// <summary>Takes verdicts about work that was done long ago: a person's, or a pull request's fate.</summary>
/// <remarks>Thread-safe. The decision is found in the <see cref="Orchestrator.Routing.Decisions.IRoutingDecisionLog"/>, so it may be older than the process when that log lasts.</remarks>
public interface IRoutingFeedback
{
    /// <summary>
    /// Credits a verdict to the provider that did the work: the last one whose attempt under the decision ended, which may be a fallback; else the chosen one. A decision counts at most once as
    /// right and once as wrong, however often a verdict arrives, and verification counts as a verdict.
    /// </summary>
    /// <param name="decisionId">The decision.</param>
    /// <param name="verdict">The verdict.</param>
    /// <param name="cancellationToken">Gives up before anything was kept.</param>
    /// <returns>What became of it.</returns>
    ValueTask<FeedbackResult> ReportAsync(Guid decisionId, FeedbackVerdict verdict, CancellationToken cancellationToken = default);
}
