namespace Orchestrator.Routing;

/// <summary>Whether tasks of one session stay with one provider.</summary>
public sealed class StickyOptions
{
    /// <summary>Whether sessions are kept.</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>How much dearer the session's provider may be before another one takes over, in US dollars: what a change costs in lost context and caches. 0 or more.</summary>
    /// <value>0.10 by default.</value>
    public decimal StayBonusUsd { get; set; } = 0.10m;

    /// <summary>A session ends when nothing was routed in it for this long; from 1 second to 30 days.</summary>
    /// <value>1 hour by default.</value>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many sessions are kept; the ones that are idle longest go first. From 1 to 1,000,000.</summary>
    /// <value>100,000 by default.</value>
    public int MaxSessions { get; set; } = 100_000;
}
