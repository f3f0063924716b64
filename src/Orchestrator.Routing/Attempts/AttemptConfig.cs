namespace Orchestrator.Routing.Attempts;

/// <summary>The attempt options as one snapshot read them.</summary>
internal sealed record AttemptConfig
{
    public AttemptConfig(AttemptOptions options)
    {
        MaxAttempts = options.MaxAttempts;
        RetriesOfSameProvider = options.RetriesOfSameProvider;
        RetryDelay = options.RetryDelay;
        MaxWait = options.MaxWait;
        RetryShare = options.RetryShare;
        FreeRetries = options.FreeRetries;
        HedgeDelay = options.HedgeDelay;
        HedgeShare = options.HedgeShare;
    }

    public int MaxAttempts { get; }

    public int RetriesOfSameProvider { get; }

    public TimeSpan RetryDelay { get; }

    public TimeSpan MaxWait { get; }

    public double RetryShare { get; }

    public int FreeRetries { get; }

    public TimeSpan? HedgeDelay { get; }

    public double HedgeShare { get; }
}
