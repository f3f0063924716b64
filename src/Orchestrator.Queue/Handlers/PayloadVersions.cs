using System.Collections.Frozen;
using System.Text.Json;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Handlers;

/// <summary>Brings the payloads of one type of task to the version that its handler knows.</summary>
internal sealed class PayloadVersions
{
    private readonly string _type;
    private readonly FrozenDictionary<int, Func<JsonElement, JsonElement>> _upcasters;
    private readonly int _oldest;

    /// <summary>Checks that the upcasters have no gap.</summary>
    /// <param name="type">The type.</param>
    /// <param name="known">The version that the handler knows; <see langword="null"/> for one more than the last upcaster's, or 1.</param>
    /// <param name="upcasters">The upcasters of the type.</param>
    /// <exception cref="InvalidOperationException">They have a gap, or two are for one version.</exception>
    public PayloadVersions(string type, int? known, IReadOnlyCollection<TaskUpcaster> upcasters)
    {
        _type = type;
        if (upcasters.GroupBy(upcaster => upcaster.FromVersion).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new InvalidOperationException($"The task type '{type}' has several upcasters from version {twice.Key}.");
        }

        _upcasters = upcasters.ToFrozenDictionary(upcaster => upcaster.FromVersion, upcaster => upcaster.Upcast);
        Known = known ?? (upcasters.Count == 0 ? 1 : upcasters.Max(upcaster => upcaster.FromVersion) + 1);
        _oldest = upcasters.Count == 0 ? Known : upcasters.Min(upcaster => upcaster.FromVersion);
        for (var version = _oldest; version < Known; version++)
        {
            if (!_upcasters.ContainsKey(version))
            {
                throw new InvalidOperationException($"The task type '{type}' has no upcaster from version {version}, but one from {_oldest}, and its handler knows {Known}.");
            }
        }
    }

    public int Known { get; }

    /// <summary>The lease with the payload in the known version, or why that cannot be. Not for a version newer than <see cref="Known"/>.</summary>
    public (TaskLease Lease, TaskHandlerResult? Failure) Upcast(TaskLease lease)
    {
        var task = lease.Task;
        if (task.PayloadVersion < _oldest)
        {
            return (lease, PayloadReader.Invalid(_type, $"version {task.PayloadVersion} of the payload is not known any more; the oldest is {_oldest}."));
        }

        try
        {
            using var document = JsonDocument.Parse(task.Payload);
            var payload = document.RootElement;
            for (var version = task.PayloadVersion; version < Known; version++)
            {
                payload = _upcasters[version](payload);
            }

            return (lease with { Task = task with { Payload = payload.GetRawText(), PayloadVersion = Known } }, null);
        }
        catch (Exception error)
        {
            // Whatever an upcaster throws for a payload that is not as it expects.
            return (lease, PayloadReader.Invalid(_type, $"the payload of version {task.PayloadVersion} could not be brought to version {Known} ({error.GetType().Name})."));
        }
    }
}
