using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Queue.Schedules;

/// <summary>The times of one schedule.</summary>
internal sealed class ScheduleTimes
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMinutes(1);

    private readonly TaskSchedule _schedule;
    private readonly CronExpression? _cron;
    private readonly TimeZoneInfo _zone;
    private readonly DateTimeOffset _anchor;

    /// <summary>Reads a schedule.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="createdAt">When it was put first: where an interval counts from that has no start.</param>
    /// <exception cref="ArgumentException">Neither or both of cron and interval are given, the expression is wrong, or this machine does not know the time zone.</exception>
    public ScheduleTimes(TaskSchedule schedule, DateTimeOffset createdAt)
    {
        schedule = InMilliseconds(schedule);
        if (schedule.Cron is null == schedule.Interval is null)
        {
            throw new ArgumentException($"Schedule '{schedule.Id}' must have either a cron expression or an interval.", nameof(schedule));
        }

        if (schedule.EndsAt < schedule.StartsAt)
        {
            throw new ArgumentException($"Schedule '{schedule.Id}' ends before it starts.", nameof(schedule));
        }

        try
        {
            _cron = schedule.Cron is { } cron ? CronExpression.Parse(cron) : null;
        }
        catch (FormatException error)
        {
            throw new ArgumentException($"Schedule '{schedule.Id}': {error.Message}", nameof(schedule), error);
        }

        _schedule = schedule;
        _zone = TimeZoneInfo.TryFindSystemTimeZoneById(schedule.TimeZone, out var zone) ? zone : throw new ArgumentException(
            $"Schedule '{schedule.Id}' has the time zone '{schedule.TimeZone}', which this machine does not know. Give an IANA name such as 'Europe/Berlin'.", nameof(schedule));
        _anchor = schedule.StartsAt ?? Whole(createdAt);
    }

    /// <summary>
    /// The schedule with times of whole milliseconds, as databases keep the next one: else that one could come before the start, or no longer be one of its times.
    /// </summary>
    public static TaskSchedule InMilliseconds(TaskSchedule schedule) => schedule with
    {
        Interval = schedule.Interval is { } interval ? TimeSpan.FromTicks(interval.Ticks - (interval.Ticks % TimeSpan.TicksPerMillisecond)) : null,
        StartsAt = schedule.StartsAt is { } start ? Whole(start) : null,
        EndsAt = schedule.EndsAt is { } end ? Whole(end) : null,
    };

    /// <summary>Whether two schedules have the same times; the rest of them may differ.</summary>
    public static bool AreSame(TaskSchedule one, TaskSchedule other) =>
        (one.Cron, one.Interval, one.TimeZone, one.StartsAt, one.EndsAt) == (other.Cron, other.Interval, other.TimeZone, other.StartsAt, other.EndsAt);

    /// <summary>The id of the task for a time: the same whoever enqueues it.</summary>
    public static string TaskId(string scheduleId, DateTimeOffset at)
    {
        var milliseconds = at.ToUnixTimeMilliseconds();
        var suffix = (milliseconds % 1000 == 0 ? milliseconds / 1000 : milliseconds).ToString(CultureInfo.InvariantCulture);
        if (scheduleId.Length + 1 + suffix.Length > Identifiers.MaxLength)
        {
            // Two long ids may begin alike.
            suffix = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(scheduleId)), 0, 4) + "-" + suffix;
            scheduleId = scheduleId[..(Identifiers.MaxLength - 1 - suffix.Length)];
        }

        return scheduleId + "-" + suffix;
    }

    /// <summary>The first time after a time; <see langword="null"/> when there is none.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        if (_schedule.StartsAt is { } start && after < start)
        {
            after = start.AddTicks(-1);
        }

        var next = _cron is not null ? _cron.Next(after, _zone) : NextOfInterval(after);
        return next > _schedule.EndsAt ? null : next;
    }

    /// <summary>The latest times from <paramref name="first"/>, which is one, to <paramref name="now"/>, in their order.</summary>
    /// <remarks>Looks back from now in growing steps: cheap also when the first was a year of seconds ago.</remarks>
    public IReadOnlyList<DateTimeOffset> Latest(DateTimeOffset first, DateTimeOffset now, int count)
    {
        for (var look = FirstLook; ; look *= 4)
        {
            var isWhole = now - first <= look;
            var latest = new Queue<DateTimeOffset>();
            for (var next = isWhole ? first : Next(now - look); next <= now; next = Next(next.Value))
            {
                latest.Enqueue(next.Value);
                if (latest.Count > count)
                {
                    latest.Dequeue();
                }
            }

            if (isWhole || latest.Count >= count)
            {
                return [.. latest];
            }
        }
    }

    private static DateTimeOffset Whole(DateTimeOffset time) => time.AddTicks(-(time.UtcTicks % TimeSpan.TicksPerMillisecond));

    // Counted from the anchor, so that a late firing does not move the ones after it.
    private DateTimeOffset? NextOfInterval(DateTimeOffset after)
    {
        var interval = _schedule.Interval!.Value.Ticks;
        var passed = after.UtcTicks - _anchor.UtcTicks;
        var count = passed < 0 ? 0 : (passed / interval) + 1;
        var next = _anchor.UtcTicks + (count * interval);
        return next > DateTime.MaxValue.Ticks ? null : new DateTimeOffset(next, TimeSpan.Zero);
    }
}
