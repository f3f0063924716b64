using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Queue;

/// <summary>The hours of the day in which a task may be started. A task that is still running when they end goes on.</summary>
/// <remarks>Times are those of the wall clock in <see cref="TimeZone"/>: where the clock is put forward, a window that begins in the gap begins right after it.</remarks>
public sealed record TaskWindow
{
    /// <summary>From when, for example 22:00.</summary>
    public required TimeOnly From { get; init; }

    /// <summary>Until when; earlier than <see cref="From"/> for the next day, equal to it for the whole day.</summary>
    public required TimeOnly To { get; init; }

    /// <summary>The days on which the window begins; empty for every day.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<DayOfWeek>))]
    public ValueList<DayOfWeek> Days { get; init => field = value ?? []; } = [];

    /// <summary>The time zone by its IANA name. A name that the machine does not know is refused when the task is enqueued; elsewhere, later, it is taken for UTC.</summary>
    /// <value><c>UTC</c> by default.</value>
    public string TimeZone { get; init => field = Require.Text(value ?? "UTC", 100); } = "UTC";
}
