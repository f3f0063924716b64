using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Queue;

/// <summary>A line that a handler wrote down about its work on a task.</summary>
public sealed record TaskLogLine
{
    /// <summary>Its place among the lines of the store; grows. 0 before it was stored.</summary>
    public long Sequence { get; init; }

    /// <summary>The lease under which it was written.</summary>
    public long LeaseId { get; init; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>How much it matters.</summary>
    public TaskLogLevel Level { get; init => field = value == TaskLogLevel.Unknown ? TaskLogLevel.Information : value; } = TaskLogLevel.Information;

    /// <summary>The line, redacted, up to 8,000 characters; longer text is cut.</summary>
    public required string Text { get; init => field = Require.NotNull(value); }
}

/// <summary>How much a line matters.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<TaskLogLevel>))]
public enum TaskLogLevel
{
    /// <summary>A level that this version does not know.</summary>
    Unknown = 0,

    /// <summary>For whoever wrote the handler.</summary>
    Debug,

    /// <summary>The normal course.</summary>
    Information,

    /// <summary>Odd, but the work goes on.</summary>
    Warning,

    /// <summary>Something did not work.</summary>
    Error,
}
