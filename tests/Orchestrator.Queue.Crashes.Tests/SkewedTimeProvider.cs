namespace Orchestrator.Queue.Crashes.Tests;

/// <summary>A machine whose clock is wrong; its timers and timestamps run as they should.</summary>
internal sealed class SkewedTimeProvider(TimeSpan skew) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + skew;
}
