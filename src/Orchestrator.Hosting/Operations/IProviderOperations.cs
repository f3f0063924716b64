using Orchestrator.Routing;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>What an application does with providers: assign and execute tasks, ask how providers stand and which ones suit a task, take them out of service, and say whether their work was right.</summary>
/// <remarks>Thread-safe singleton, registered by <c>AddOrchestrator</c>.</remarks>
public interface IProviderOperations
{
    /// <summary>Decides who is to do a task, keeps the decision in the execution log and the audit trail, and starts nothing. Nothing is reserved: whoever executes the task may find it decided anew.</summary>
    /// <param name="task">The task.</param>
    /// <param name="preferredProvider">Who is to do it when they can; else the router chooses among the others. <see langword="null"/> for the router's choice alone.</param>
    /// <param name="cancellationToken">Gives up before the decision is kept.</param>
    /// <returns>The decision; a rejection when nobody can do it.</returns>
    /// <exception cref="ArgumentException">There is no such provider; the message lists those there are.</exception>
    ValueTask<RoutingDecision> AssignAsync(AgentTask task, string? preferredProvider = null, CancellationToken cancellationToken = default);

    /// <summary>Puts a task into the queue and waits until a worker has carried it out: routed, executed, applied, verified.</summary>
    /// <param name="task">The task.</param>
    /// <param name="provider">The only provider that may do it; <see langword="null"/> for the one that the task names, or the router's choice.</param>
    /// <param name="progress">Hears of everything that happens to the task, on the worker's thread; only while it runs in this process.</param>
    /// <param name="cancellationToken">Stops waiting; the task goes on.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentException">There is no such provider, or the task is not one that can be enqueued, see <see cref="AgentTaskClient.EnqueueAsync"/>.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped waiting.</exception>
    ValueTask<AgentTaskReport> ExecuteAsync(AgentTask task, string? provider = null, IProgress<AgentTaskEvent>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>How one provider stands, with what its last health check found.</summary>
    /// <param name="provider">Its name, in any case.</param>
    /// <returns>The status.</returns>
    /// <exception cref="ArgumentException">There is no such provider; the message lists those there are.</exception>
    ProviderStatus GetStatus(string provider);

    /// <summary>How all providers stand, disabled ones included, in ordinal order of their names.</summary>
    /// <returns>One status a provider.</returns>
    ValueList<ProviderStatus> ListStatuses();

    /// <summary>Asks one provider now whether it can work. Spends no tokens where that is possible.</summary>
    /// <param name="provider">Its name, in any case.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The status after the check.</returns>
    /// <exception cref="ArgumentException">There is no such provider; the message lists those there are.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    ValueTask<ProviderStatus> CheckAsync(string provider, CancellationToken cancellationToken = default);

    /// <summary>Which providers suit a task at this moment, and why the others do not. Decides and changes nothing.</summary>
    /// <param name="task">The task.</param>
    /// <returns>All providers.</returns>
    AvailableProviders ListAvailable(AgentTask task);

    /// <summary>Lets a provider take no new work; what runs goes on.</summary>
    /// <param name="provider">Its name, in any case.</param>
    /// <returns>Whether this call changed it.</returns>
    /// <exception cref="ArgumentException">There is no such provider; the message lists those there are.</exception>
    bool Drain(string provider);

    /// <summary>Lets a provider that was drained by call take work again.</summary>
    /// <param name="provider">Its name, in any case.</param>
    /// <returns>Whether this call changed it.</returns>
    /// <exception cref="ArgumentException">There is no such provider; the message lists those there are.</exception>
    bool Resume(string provider);

    /// <summary>Says whether the work under a decision was right, however long ago it was done; the router learns from it.</summary>
    /// <param name="decisionId">The decision, see <see cref="AttemptReport.DecisionId"/>.</param>
    /// <param name="verdict">The verdict.</param>
    /// <param name="cancellationToken">Gives up before anything was kept.</param>
    /// <returns>What became of it.</returns>
    ValueTask<FeedbackResult> ReportVerdictAsync(Guid decisionId, FeedbackVerdict verdict, CancellationToken cancellationToken = default);
}
