namespace Orchestrator.Containers.Cost;

/// <summary>Instance time by task, of the tasks that used the pool most recently.</summary>
/// <remarks>Not thread-safe: guarded by the lock of <see cref="Leasing.LeaseTable"/>.</remarks>
internal sealed class TaskCosts(int capacity)
{
    private readonly Dictionary<string, LinkedListNode<(string TaskId, double Time)>> _tasks = new(StringComparer.Ordinal);
    private readonly LinkedList<(string TaskId, double Time)> _order = []; // the one that used it longest ago first

    public void Add(string taskId, double time)
    {
        if (_tasks.TryGetValue(taskId, out var known))
        {
            known.Value = (taskId, known.Value.Time + time);
            _order.Remove(known);
            _order.AddLast(known);
            return;
        }

        if (_order.Count == capacity)
        {
            _tasks.Remove(_order.First!.Value.TaskId);
            _order.RemoveFirst();
        }

        _tasks.Add(taskId, _order.AddLast((taskId, time)));
    }

    public double Of(string taskId) => _tasks.TryGetValue(taskId, out var known) ? known.Value.Time : 0;
}
