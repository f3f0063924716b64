namespace Orchestrator.Containers.Tests.Scripted;

/// <summary>One stream of events. Whoever tells an event runs what waits for it, so that a replay needs no other thread.</summary>
internal sealed class ScriptedWatch(ValueMap labels)
{
    private readonly Lock _gate = new(); // guards what follows
    private readonly Queue<ContainerEvent> _told = new();
    private TaskCompletionSource<ContainerEvent?>? _waiting;
    private Exception? _fault;
    private bool _isBroken;

    public ValueMap Labels => labels;

    public void Add(ContainerEvent told)
    {
        TaskCompletionSource<ContainerEvent?>? waiting;
        lock (_gate)
        {
            (waiting, _waiting) = (_waiting, null);
            if (waiting is null)
            {
                _told.Enqueue(told);
            }
        }

        waiting?.TrySetResult(told);
    }

    public void Break(Exception? fault)
    {
        TaskCompletionSource<ContainerEvent?>? waiting;
        lock (_gate)
        {
            (waiting, _waiting, _fault, _isBroken) = (_waiting, null, fault, true);
        }

        if (fault is null)
        {
            waiting?.TrySetResult(null);
        }
        else
        {
            waiting?.TrySetException(fault);
        }
    }

    public Task<ContainerEvent?> NextAsync()
    {
        lock (_gate)
        {
            if (_told.TryDequeue(out var told))
            {
                return Task.FromResult<ContainerEvent?>(told);
            }

            if (_isBroken)
            {
                return _fault is null ? Task.FromResult<ContainerEvent?>(null) : Task.FromException<ContainerEvent?>(_fault);
            }

            _waiting = new TaskCompletionSource<ContainerEvent?>();
            return _waiting.Task;
        }
    }
}
