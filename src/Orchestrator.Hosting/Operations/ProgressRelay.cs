using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Orchestrator.Hosting;

/// <summary>Passes what happens to a task on to those who wait for it.</summary>
internal sealed class ProgressRelay : IAgentTaskObserver
{
    private readonly ConcurrentDictionary<string, ImmutableList<IProgress<AgentTaskEvent>>> _listeners = new(StringComparer.Ordinal);

    public void OnEvent(AgentTaskEvent agentTaskEvent)
    {
        if (_listeners.TryGetValue(agentTaskEvent.TaskId, out var listeners))
        {
            foreach (var listener in listeners)
            {
                listener.Report(agentTaskEvent);
            }
        }
    }

    /// <summary>Listens until the subscription is disposed.</summary>
    public IDisposable Subscribe(string taskId, IProgress<AgentTaskEvent> progress)
    {
        _listeners.AddOrUpdate(taskId, [progress], (_, listeners) => listeners.Add(progress));
        return new Subscription(this, taskId, progress);
    }

    private void Unsubscribe(string taskId, IProgress<AgentTaskEvent> progress)
    {
        while (_listeners.TryGetValue(taskId, out var listeners))
        {
            var left = listeners.Remove(progress);
            if (left.IsEmpty ? _listeners.TryRemove(new(taskId, listeners)) : _listeners.TryUpdate(taskId, left, listeners))
            {
                return;
            }
        }
    }

    private sealed class Subscription(ProgressRelay relay, string taskId, IProgress<AgentTaskEvent> progress) : IDisposable
    {
        public void Dispose() => relay.Unsubscribe(taskId, progress);
    }
}
