namespace Orchestrator.Providers.Processes;

/// <summary>Asks a running program to end: the first reason counts, and whoever asked may stop waiting for the polite end.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class StopRequest
{
    private readonly TaskCompletionSource<ProcessEnd> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _abandoned = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the reason when somebody asks.</summary>
    public Task<ProcessEnd> Asked => _asked.Task;

    /// <summary>Whether nobody waits any more: the program has no grace.</summary>
    public bool IsAbandoned => _abandoned.Task.IsCompleted;

    public void Ask(ProcessEnd reason) => _asked.TrySetResult(reason);

    /// <summary>Asks for the end at once.</summary>
    public void Abandon()
    {
        _abandoned.TrySetResult();
        Ask(ProcessEnd.Cancelled);
    }

    /// <summary>Waits until the program has ended, its grace is over, or nobody waits any more.</summary>
    public async ValueTask WaitAsync(Task ended, TimeSpan grace, TimeProvider time)
    {
        using var graceOver = new CancellationTokenSource();
        await Task.WhenAny(ended, _abandoned.Task, Task.Delay(grace, time, graceOver.Token)).ConfigureAwait(false);
        await graceOver.CancelAsync().ConfigureAwait(false);
    }
}
