namespace Orchestrator.Containers.Reconciling;

/// <summary>Ends a wait early; set while nobody waits, it ends the next one at once.</summary>
internal sealed class WakeSignal
{
    private readonly Lock _gate = new(); // guards the field
    private TaskCompletionSource _set = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Set()
    {
        lock (_gate)
        {
            _set.TrySetResult();
        }
    }

    public async Task WaitAsync(TimeSpan longest, TimeProvider time)
    {
        Task set;
        lock (_gate)
        {
            set = _set.Task;
        }

        await set.WaitAsync(longest, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            _set = _set.Task.IsCompleted ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : _set;
        }
    }
}
