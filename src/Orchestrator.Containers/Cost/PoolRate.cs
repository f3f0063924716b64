namespace Orchestrator.Containers.Cost;

/// <summary>Turns the time of instances into money.</summary>
internal sealed class PoolRate(decimal usdPerHour, TimeProvider time)
{
    public PoolCost CostOf(in InstanceTime instances)
    {
        var idle = Math.Max(0, instances.Total - instances.Busy);
        return new PoolCost(Elapsed(instances.Total), Elapsed(instances.Busy), Usd(instances.Total), Usd(idle));
    }

    /// <summary>What so much instance time costs; to a nano-dollar.</summary>
    public decimal Usd(double units) => usdPerHour == 0 ? 0 : decimal.Round((decimal)units / time.TimestampFrequency * usdPerHour / 3600m, 9);

    private decimal Usd(long units) => decimal.Round((decimal)units / time.TimestampFrequency * usdPerHour / 3600m, 9);

    private TimeSpan Elapsed(long units) => TimeSpan.FromTicks((long)((Int128)units * TimeSpan.TicksPerSecond / time.TimestampFrequency));
}
