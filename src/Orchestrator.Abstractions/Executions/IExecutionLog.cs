namespace Orchestrator.Executions;

/// <summary>Keeps which provider was assigned to a task, how it was configured, and what each attempt took, gave and cost.</summary>
/// <remarks>
/// Thread-safe. Tables <c>ai_provider_assignments</c>, <c>ai_provider_configs</c>, <c>ai_provider_executions</c> and <c>ai_provider_execution_events</c>.
/// </remarks>
public interface IExecutionLog
{
    /// <summary>Keeps a decision.</summary>
    /// <param name="assignment">Who was chosen for what.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>When it is durable.</returns>
    ValueTask AssignedAsync(ProviderAssignment assignment, CancellationToken cancellationToken);

    /// <summary>Keeps a provider's configuration, once for each content: a provider that is still configured as before adds nothing.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>When it is durable.</returns>
    ValueTask ConfiguredAsync(ProviderConfiguration configuration, CancellationToken cancellationToken);

    /// <summary>The different configurations that a provider had, by when each was used first.</summary>
    /// <param name="provider">The provider's name; <see langword="null"/> for all providers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The configurations.</returns>
    ValueTask<ValueList<ProviderConfiguration>> ListConfigurationsAsync(string? provider, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps an attempt: inserted when it starts, replaced as it goes on and ends. Identified by <see cref="ExecutionRecord.Id"/>. One that has ended is never replaced by
    /// one that is <see cref="ExecutionStatus.Running"/>: who was taken for dead does not take back the verdict.
    /// </summary>
    /// <param name="execution">The attempt as it stands.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>When it is durable.</returns>
    ValueTask SaveAsync(ExecutionRecord execution, CancellationToken cancellationToken);

    /// <summary>The attempts at a task, the oldest first.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The attempts.</returns>
    ValueTask<ValueList<ExecutionRecord>> ListAsync(string taskId, CancellationToken cancellationToken);

    /// <summary>Keeps what happened during an attempt that was saved before; replaces what was kept of it. It is deleted with the attempt.</summary>
    /// <param name="events">The events, already within bounds.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>When it is durable.</returns>
    ValueTask SaveEventsAsync(ExecutionEvents events, CancellationToken cancellationToken);

    /// <summary>What happened during an attempt, as far as it was kept.</summary>
    /// <param name="executionId">The attempt.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The events; <see langword="null"/> when none were kept. Kinds of event that this version does not know are told as plain <see cref="Providers.AgentEvent"/>.</returns>
    ValueTask<ExecutionEvents?> ListEventsAsync(string executionId, CancellationToken cancellationToken);
}
