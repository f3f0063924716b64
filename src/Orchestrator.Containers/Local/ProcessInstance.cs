using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Containers.Local;

/// <summary>All that is known of an instance: the file <c>instance.json</c> in its directory.</summary>
internal sealed record ProcessInstance
{
    private const int MaxEvents = 32;

    public required string Id { get; init; }

    public required ContainerSpecification Specification { get; init; }

    public required ContainerState State { get; init; }

    /// <summary>How often it was started.</summary>
    public int Runs { get; init; }

    /// <summary>The last run; <see langword="null"/> before the first.</summary>
    public ProcessRun? Run { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public int? ExitCode { get; init; }

    /// <summary>Events so far; the last <see cref="MaxEvents"/> are in <see cref="Events"/>.</summary>
    public long EventCount { get; init; }

    [JsonConverter(typeof(ValueListJsonConverter<InstanceEvent>))]
    public ValueList<InstanceEvent> Events { get; init; } = [];

    [JsonIgnore]
    public bool IsAlive => State is ContainerState.Running or ContainerState.Paused;

    /// <summary>The instance after an event.</summary>
    public ProcessInstance After(ContainerEventKind kind, DateTimeOffset at, int? exitCode = null) => this with
    {
        EventCount = EventCount + 1,
        Events = [.. Events.Skip(Math.Max(0, Events.Count + 1 - MaxEvents)), new InstanceEvent(kind, at, exitCode)],
    };

    /// <summary>What the contract says of it.</summary>
    public ContainerStatus ToStatus() => new()
    {
        Id = Id,
        Name = Specification.Name,
        State = State,
        ExitCode = State == ContainerState.Exited ? ExitCode : null,
        StartedAt = StartedAt,
        Endpoints = IsAlive && Run is { } run ? run.Endpoints : [],
        Labels = Specification.Labels,
    };

    /// <summary>Whether it carries all of the labels.</summary>
    public bool Carries(ValueMap labels) => labels.All(label => Specification.Labels.TryGetValue(label.Key, out var value) && value == label.Value);

    /// <summary>The events after the first <paramref name="seen"/>, oldest first.</summary>
    public IEnumerable<InstanceEvent> EventsAfter(long seen) => Events.Skip((int)Math.Clamp(Events.Count - (EventCount - seen), 0, Events.Count));

    /// <summary>An event of it, in the contract's words.</summary>
    public ContainerEvent Tell(InstanceEvent happened) =>
        new() { Id = Id, Name = Specification.Name, Kind = happened.Kind, At = happened.At, ExitCode = happened.ExitCode };
}

/// <summary>Something that happened to an instance.</summary>
internal sealed record InstanceEvent(ContainerEventKind Kind, DateTimeOffset At, int? ExitCode = null);

/// <summary>The JSON form of <see cref="ProcessInstance"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ProcessInstance))]
internal sealed partial class ProcessInstanceJson : JsonSerializerContext;
