using System.Collections.Frozen;

namespace Orchestrator.Queue.Workers;

/// <summary>The handlers by the type of payload.</summary>
internal sealed class TaskHandlerTable
{
    private readonly FrozenDictionary<string, ITaskHandler> _handlers;

    public TaskHandlerTable(IEnumerable<ITaskHandler> handlers)
    {
        var all = handlers.ToList();
        if (all.FirstOrDefault(handler => !Identifiers.IsName(handler.Type)) is { } nameless)
        {
            throw new InvalidOperationException($"{nameless.GetType().Name}.Type must be a name of ASCII letters, digits, '.', '_' or '-'.");
        }

        if (all.GroupBy(handler => handler.Type, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new InvalidOperationException($"The task type '{twice.Key}' has several handlers: {string.Join(", ", twice.Select(handler => handler.GetType().Name))}.");
        }

        _handlers = all.ToFrozenDictionary(handler => handler.Type, StringComparer.Ordinal);
        Types = _handlers.Keys.Order(StringComparer.Ordinal).ToValueList();
    }

    public ValueList<string> Types { get; }

    public ITaskHandler this[string type] => _handlers[type];
}
