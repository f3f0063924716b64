namespace Orchestrator.Containers.Pools;

/// <summary>How an instance that ended or failed is started anew: the first time after <see cref="Delay"/>, then after twice as long each time.</summary>
public sealed class ContainerRestartOptions
{
    /// <summary>How long before the first restart; from zero to 1 hour.</summary>
    /// <value>1 second by default.</value>
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long before a restart at most; from <see cref="Delay"/> to 1 day.</summary>
    /// <value>5 minutes by default.</value>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The share by which a delay may be longer at random, so that many instances do not start at the same moment; from 0 to 1.</summary>
    /// <value>0.25 by default.</value>
    public double Jitter { get; set; } = 0.25;

    /// <summary>Restarts within <see cref="Window"/> after which an instance is in a crash loop and is tried only every <see cref="MaxDelay"/>; from 1 to 1,000.</summary>
    /// <value>5 by default.</value>
    public int Budget { get; set; } = 5;

    /// <summary>How long a restart counts against <see cref="Budget"/>; from 1 second to 1 day.</summary>
    /// <value>10 minutes by default.</value>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an instance must have been healthy until its restarts are forgotten; from 1 second to 1 day.</summary>
    /// <value>10 minutes by default.</value>
    public TimeSpan HealthyAfter { get; set; } = TimeSpan.FromMinutes(10);
}
