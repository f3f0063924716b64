using System.Diagnostics;
using Orchestrator.Containers.Diagnostics;

namespace Orchestrator.Containers.Leasing;

/// <summary>A caller that waits for a slot. Whoever takes it out of the line, and nobody else, completes it.</summary>
internal sealed class Waiter
{
    private readonly TaskCompletionSource<ContainerAcquisition> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new(); // guards the two fields below
    private ITimer? _timer;
    private CancellationTokenRegistration _registration;

    public Waiter(ContainerRequest request)
    {
        Request = request;
        Node = new LinkedListNode<Waiter>(this);
    }

    public ContainerRequest Request { get; }

    /// <summary>The span under which it asked: whoever serves it has another one.</summary>
    public Activity? Asking { get; } = ContainerActivity.Asking;

    /// <summary>Its place in the line, which guards it.</summary>
    public LinkedListNode<Waiter> Node { get; }

    public Task<ContainerAcquisition> Task => _source.Task;

    /// <summary>Keeps what shall end with it; ends it at once when it is complete already.</summary>
    public void Keep(ITimer timer, CancellationTokenRegistration registration)
    {
        lock (_gate)
        {
            if (!_source.Task.IsCompleted)
            {
                (_timer, _registration) = (timer, registration);
                return;
            }
        }

        timer.Dispose();
        registration.Unregister();
    }

    public void Complete(in ContainerAcquisition result)
    {
        lock (_gate)
        {
            _source.SetResult(result); // continuations run elsewhere, so none runs under the lock
        }

        LetGo();
    }

    public void Cancel(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _source.SetCanceled(cancellationToken);
        }

        LetGo();
    }

    private void LetGo()
    {
        _timer?.Dispose();
        _registration.Unregister(); // never Dispose: that waits for a callback that may wait for us
    }
}
