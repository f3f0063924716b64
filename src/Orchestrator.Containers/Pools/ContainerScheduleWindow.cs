using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Containers.Pools;

/// <summary>A time of the day at which there shall be at least so many instances.</summary>
public sealed class ContainerScheduleWindow
{
    /// <summary>The days on which it begins.</summary>
    /// <value>Empty by default: every day.</value>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<DayOfWeek> Days { get; set; } = [];

    /// <summary>When it begins, for example <c>07:30</c>.</summary>
    public TimeOnly From { get; set; }

    /// <summary>When it ends, not included. Earlier than <see cref="From"/> for the next day; the same for 24 hours.</summary>
    public TimeOnly To { get; set; }

    /// <summary>The zone of the times, an IANA name such as <c>Europe/Berlin</c>.</summary>
    /// <value><c>UTC</c> by default.</value>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Instances that there are at least; from 0 to <see cref="ContainerPoolOptions.MaxInstances"/>.</summary>
    public int MinInstances { get; set; }
}
