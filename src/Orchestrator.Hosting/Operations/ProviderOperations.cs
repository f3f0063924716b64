using Orchestrator.Routing;
using Orchestrator.Routing.Health;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>Puts the operations on providers together from the parts of the host.</summary>
internal sealed class ProviderOperations(
    IProviderRouter router,
    IProviderStatuses statuses,
    ProviderHealthChecks checks,
    IRoutingFeedback feedback,
    AgentTaskClient client,
    TaskAssignments assignments,
    ProgressRelay relay) : IProviderOperations
{
    public ValueTask<RoutingDecision> AssignAsync(AgentTask task, string? preferredProvider = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        return assignments.AssignAsync(task, preferredProvider is null ? null : statuses.Get(preferredProvider).Provider, cancellationToken);
    }

    public async ValueTask<AgentTaskReport> ExecuteAsync(
        AgentTask task, string? provider = null, IProgress<AgentTaskEvent>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        var asked = provider is null ? task : task with { Provider = statuses.Get(provider).Provider };
        using var subscription = progress is null ? null : relay.Subscribe(task.Id, progress);
        return await client.RunAsync(asked, cancellationToken).ConfigureAwait(false);
    }

    public ProviderStatus GetStatus(string provider) => statuses.Get(provider);

    public ValueList<ProviderStatus> ListStatuses() => statuses.List();

    public async ValueTask<ProviderStatus> CheckAsync(string provider, CancellationToken cancellationToken = default)
    {
        await checks.CheckAsync(provider, cancellationToken).ConfigureAwait(false);
        return statuses.Get(provider);
    }

    public AvailableProviders ListAvailable(AgentTask task)
    {
        var explanation = router.Explain(task);
        return new AvailableProviders
        {
            Suitable = [.. explanation.Candidates.Where(candidate => candidate.Rejection == RejectionReason.None)],
            Unsuitable = [.. explanation.Candidates.Where(candidate => candidate.Rejection != RejectionReason.None)],
            EligibleAt = explanation.Decision.Rejection?.EligibleAt,
        };
    }

    public bool Drain(string provider) => statuses.Drain(provider);

    public bool Resume(string provider) => statuses.Resume(provider);

    public ValueTask<FeedbackResult> ReportVerdictAsync(Guid decisionId, FeedbackVerdict verdict, CancellationToken cancellationToken = default) =>
        feedback.ReportAsync(decisionId, verdict, cancellationToken);
}
