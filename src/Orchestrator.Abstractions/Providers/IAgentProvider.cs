namespace Orchestrator.Providers;

/// <summary>Something that can carry out a task: an agent CLI, Jules, a chat model with tools, a command.</summary>
/// <remarks>
/// One instance serves many executions at once and must be thread-safe. A provider never touches the caller's own tree: it changes the workspace of
/// the execution, or returns a patch set.
/// </remarks>
public interface IAgentProvider
{
    /// <summary>What the provider is and can do. Constant for the life of the instance.</summary>
    ProviderDescriptor Descriptor { get; }

    /// <summary>Carries out one attempt at one task.</summary>
    /// <param name="execution">The attempt: task, workspace, limits.</param>
    /// <param name="cancellationToken">Stops the agent and everything it started; the enumeration then throws <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// Events while the agent works, then exactly one <see cref="AgentCompleted"/> or <see cref="AgentFailed"/> as the last. Failures of the agent are
    /// events; exceptions are for broken machinery.
    /// </returns>
    IAsyncEnumerable<AgentEvent> ExecuteAsync(AgentExecution execution, CancellationToken cancellationToken);

    /// <summary>Finds out whether the provider can work now, without spending tokens where that is possible.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The health as seen now.</returns>
    ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken);
}
