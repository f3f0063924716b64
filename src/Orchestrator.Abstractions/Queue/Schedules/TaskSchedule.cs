using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Queue.Schedules;

/// <summary>Tasks that come back: by a cron expression or at an interval.</summary>
public sealed record TaskSchedule
{
    /// <summary>The schedule's identity.</summary>
    public required string Id { get; init => field = Require.Name(value); }

    /// <summary>When, as a cron expression of five fields, or six with seconds first; <see langword="null"/> when <see cref="Interval"/> is given.</summary>
    public string? Cron { get; init => field = Require.OptionalText(value, 200); }

    /// <summary>How often, counted from <see cref="StartsAt"/>, from 1 second to 366 days; <see langword="null"/> when <see cref="Cron"/> is given.</summary>
    public TimeSpan? Interval { get; init => field = Require.OptionalInRange(value, TimeSpan.FromSeconds(1), TimeSpan.FromDays(366)); }

    /// <summary>The time zone of the cron expression by its IANA name. A name that the machine does not know is refused when the schedule is put.</summary>
    /// <value><c>UTC</c> by default.</value>
    public string TimeZone { get; init => field = Require.Text(value ?? "UTC", 100); } = "UTC";

    /// <summary>Not before this time; <see langword="null"/> for when it is put. What is finer than a millisecond is cut off when it is put, as of <see cref="Interval"/> and <see cref="EndsAt"/>.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>Not after this time; <see langword="null"/> for never ending.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>What to do about times that passed while nobody was there to enqueue.</summary>
    /// <value><see cref="MisfirePolicy.FireOnce"/> by default.</value>
    public MisfirePolicy Misfire { get; init => field = value == MisfirePolicy.Unknown ? MisfirePolicy.FireOnce : value; } = MisfirePolicy.FireOnce;

    /// <summary>How many missed times <see cref="MisfirePolicy.FireAll"/> makes up for, the latest ones, from 1 to 1000.</summary>
    /// <value>100 by default; 0, as absent, is read as 100.</value>
    public int MaxBackfill { get; init => field = Require.InRange(value == 0 ? 100 : value, 1, 1000); } = 100;

    /// <summary>Whether it enqueues nothing for now. Times that pass meanwhile are not made up for.</summary>
    public bool IsPaused { get; init; }

    /// <summary>What is enqueued each time. Its <see cref="TaskSubmission.Id"/> is ignored: a task's id is the schedule's and the time, so that no time is enqueued twice.</summary>
    public required TaskSubmission Task { get; init => field = Require.NotNull(value); }
}

/// <summary>What a schedule does about times that passed while nobody was there.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<MisfirePolicy>))]
public enum MisfirePolicy
{
    /// <summary>A policy that this version does not know; treated as <see cref="FireOnce"/>.</summary>
    Unknown = 0,

    /// <summary>One task for all of them.</summary>
    FireOnce,

    /// <summary>One task for each, see <see cref="TaskSchedule.MaxBackfill"/>.</summary>
    FireAll,

    /// <summary>None.</summary>
    Skip,
}
