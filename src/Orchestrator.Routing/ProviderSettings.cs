using System.Diagnostics.CodeAnalysis;
using Orchestrator.Tasks;

namespace Orchestrator.Routing;

/// <summary>What a host sets for one provider. <see langword="null"/> leaves the provider's own word.</summary>
public sealed class ProviderSettings
{
    /// <summary>Whether the router may choose it.</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>The flat price a task in US dollars, 0 or more; replaces the descriptor's.</summary>
    public decimal? PricePerTaskUsd { get; set; }

    /// <summary>Executions at the same time, 1 or more; replaces the descriptor's limit.</summary>
    public int? MaxConcurrent { get; set; }

    /// <summary>The share of tasks that it is expected to do well before anything is learned, from 0 to 1.</summary>
    /// <value>0.7 when not set.</value>
    public double? SuccessRate { get; set; }

    /// <summary>How long a task takes it; from 0 to 7 days.</summary>
    /// <value>5 minutes when not set.</value>
    public TimeSpan? TypicalDuration { get; set; }

    /// <summary>The types of task it takes; replaces the descriptor's.</summary>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<AgentTaskType>? TaskTypes { get; set; }

    /// <summary>The kinds of source it can serve; replaces the descriptor's.</summary>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<SourceKind>? Sources { get; set; }

    /// <summary>What it can do; replaces the descriptor's.</summary>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<string>? Capabilities { get; set; }

    /// <summary>The models it can run, the default one first, with their context windows and prices; replaces the descriptor's.</summary>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<ModelSettings>? Models { get; set; }

    /// <summary>Executions started in any minute, 1 or more; replaces the descriptor's.</summary>
    public int? RequestsPerMinute { get; set; }

    /// <summary>Tokens used in any minute, 1 or more; replaces the descriptor's.</summary>
    public long? TokensPerMinute { get; set; }

    /// <summary>Executions started in a day, counted from midnight UTC, 1 or more; replaces the descriptor's.</summary>
    public int? RequestsPerDay { get; set; }

    /// <summary>Tags; added to the descriptor's.</summary>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<string> Tags { get; set; } = [];

    /// <summary>The regions in which it processes data; replaces the descriptor's.</summary>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<string>? DataResidency { get; set; }

    /// <summary>Its weight under the selection policy <c>weighted</c>, from 0 to 1,000,000; 0 takes no part.</summary>
    /// <value>1 when not set.</value>
    public double? Weight { get; set; }

    /// <summary>Its tier under the selection policy <c>tiers</c>, from 0 to 1000; a lower tier goes first.</summary>
    /// <value>0 when not set.</value>
    public int? Tier { get; set; }

    /// <summary>Whether it takes no new work, while what runs goes on. It can also be drained by call.</summary>
    public bool Draining { get; set; }

    /// <summary>Who comes next when it fails, in this order, before all others; names of providers.</summary>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<string> Fallbacks { get; set; } = [];
}
