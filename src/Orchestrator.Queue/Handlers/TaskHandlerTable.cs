using System.Collections.Frozen;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Handlers;

/// <summary>The handlers by the type of payload, each with all decorators around it. Made when the first worker starts: whatever is wrong with a handler shows then.</summary>
internal sealed class TaskHandlerTable
{
    private readonly FrozenDictionary<string, HandlerEntry> _entries;

    public TaskHandlerTable(
        IEnumerable<ITaskHandler> handlers,
        IEnumerable<TaskHandlerRegistration> registrations,
        IEnumerable<TaskUpcaster> upcasters,
        HandlerPipeline pipeline,
        IServiceProvider services)
    {
        var upcastersByType = upcasters.ToLookup(upcaster => upcaster.Type, StringComparer.Ordinal);
        var all = new List<(string Type, string Origin, HandlerEntry Entry)>();
        foreach (var handler in handlers)
        {
            CheckName(handler.Type, handler.GetType().Name);
            var known = upcastersByType[handler.Type].ToList();
            var versions = known.Count == 0 ? null : new PayloadVersions(handler.Type, null, known);
            all.Add((handler.Type, handler.GetType().Name, new HandlerEntry(pipeline.Wrap(handler.HandleAsync), versions)));
        }

        foreach (var registration in registrations)
        {
            CheckName(registration.Type, registration.Origin);
            var versions = new PayloadVersions(registration.Type, registration.Options.PayloadVersion, [.. upcastersByType[registration.Type]]);
            all.Add((registration.Type, registration.Origin, new HandlerEntry(pipeline.Wrap(registration.Create(services, registration)), versions)));
        }

        if (all.GroupBy(entry => entry.Type, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new InvalidOperationException($"The task type '{twice.Key}' has several handlers: {string.Join(", ", twice.Select(entry => entry.Origin))}.");
        }

        if (upcastersByType.FirstOrDefault(group => all.TrueForAll(entry => entry.Type != group.Key)) is { } orphan)
        {
            throw new InvalidOperationException($"The task type '{orphan.Key}' has an upcaster, but no handler.");
        }

        _entries = all.ToFrozenDictionary(entry => entry.Type, entry => entry.Entry, StringComparer.Ordinal);
        Types = _entries.Keys.Order(StringComparer.Ordinal).ToValueList();
    }

    public ValueList<string> Types { get; }

    public HandlerEntry this[string type] => _entries[type];

    private static void CheckName(string type, string origin)
    {
        if (!Identifiers.IsName(type))
        {
            throw new InvalidOperationException($"The type of {origin} must be a name of ASCII letters, digits, '.', '_' or '-'.");
        }
    }
}
