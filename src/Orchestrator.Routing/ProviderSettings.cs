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
}
