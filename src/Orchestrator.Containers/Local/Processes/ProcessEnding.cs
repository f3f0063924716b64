namespace Orchestrator.Containers.Local.Processes;

/// <summary>Waits for the end of runs, brings it about, and freezes them: whatever needs more than one look at the process table.</summary>
/// <remarks>The kernel acts in its own time, not in that of an injected clock.</remarks>
internal sealed class ProcessEnding(IProcessTable table)
{
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestGrace = TimeSpan.FromDays(24); // What a timer takes.

    /// <summary>Whether the run's program still runs, or is frozen.</summary>
    public bool IsAlive(ProcessRun run) => run.Boot == table.Boot && run.StartTime != 0 && table.StartTimeOf(run.ProcessId) == run.StartTime;

    /// <summary>Asks the program to end.</summary>
    /// <returns>Whether it did within the grace.</returns>
    public async ValueTask<bool> AskAsync(ProcessRun run, TimeSpan grace, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!table.Ask(run))
        {
            return false;
        }

        using var graceOver = new CancellationTokenSource(grace < LongestGrace ? grace : LongestGrace, time);
        while (IsAlive(run) && !graceOver.IsCancellationRequested)
        {
            await Task.Delay(Round, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }

        return !IsAlive(run);
    }

    /// <summary>Kills all of a run until nothing is found.</summary>
    /// <param name="run">The run.</param>
    /// <param name="wasSeen">Whether its program was seen alive a moment ago.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ProcessEngineException">Something does not end.</exception>
    public ValueTask KillAsync(ProcessRun run, bool wasSeen, CancellationToken cancellationToken) => RepeatAsync(() => table.Kill(run, wasSeen), "killed", run, cancellationToken);

    /// <summary>Freezes all of a run, or, when that fails, nothing.</summary>
    /// <exception cref="ProcessEngineException">Something does not stop.</exception>
    public async ValueTask FreezeAsync(ProcessRun run, CancellationToken cancellationToken)
    {
        try
        {
            await RepeatAsync(() => table.Freeze(run), "stopped", run, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or ProcessEngineException { Code: ProcessEngineException.Busy })
        {
            table.Thaw(run);
            throw;
        }
    }

    private static async ValueTask RepeatAsync(Func<bool> act, string done, ProcessRun run, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (act())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
            {
                throw new ProcessEngineException(
                    ProcessEngineException.Busy, $"Processes of the run of process {run.ProcessId} do not react to being {done}: the kernel holds them, perhaps for a disk that does not answer.");
            }

            await Task.Delay(Round, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }
}
