namespace Orchestrator.Cli.Tests.Scenarios;

/// <summary>Says the same time always; its timers are real.</summary>
internal sealed class FixedClock : TimeProvider
{
    public static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
