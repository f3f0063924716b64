namespace Orchestrator.Providers.Processes;

/// <summary>Ends what executions of dead workers left running: agents, verify commands and everything they started.</summary>
public static class OrphanedProcesses
{
    private const int MaxRounds = 200;
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(10);

    /// <summary>Kills every process that is held in a control group of an execution or carries its mark, until a search finds none. Linux only: elsewhere nothing is found.</summary>
    /// <param name="executionId">The execution, see <see cref="ProcessRequest.ExecutionId"/>.</param>
    /// <param name="cancellationToken">Gives up between two searches.</param>
    /// <returns>When none is left, or after two seconds.</returns>
    public static async ValueTask EndAsync(string executionId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(executionId);
        if (ProcessContainment.Detected.Groups is { } groups)
        {
            await groups.EndAsync(executionId, cancellationToken).ConfigureAwait(false);
        }

        await EndAsync(executionId, sessionId: 0, notBefore: 0, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Those of a session too; gives the processes that were there.</summary>
    internal static async ValueTask<HashSet<int>> EndAsync(string executionId, int sessionId, long notBefore, CancellationToken cancellationToken)
    {
        var killed = new HashSet<int>();
        for (var round = 0; round < MaxRounds; round++)
        {
            var found = NativeProcesses.KillSurvivors(executionId, sessionId, notBefore);
            if (found.Count == 0)
            {
                break;
            }

            // The kernel takes them down in its own time, not in that of an injected clock.
            killed.UnionWith(found);
            await Task.Delay(RoundTime, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }

        return killed;
    }
}
