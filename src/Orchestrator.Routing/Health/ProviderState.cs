using System.Runtime.InteropServices;

namespace Orchestrator.Routing.Health;

/// <summary>What changes about a candidate while the host runs and is read by decisions. Every field is read with Volatile and written with Interlocked; 128 bytes, so that two candidates never share a cache line.</summary>
/// <remarks>Times are UTC ticks; 0 stands for never. Copied as a whole into the record of a decision: no references here.</remarks>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct ProviderState
{
    /// <summary>Executions that run.</summary>
    public int InFlight;

    /// <summary>Failures in a row while the breaker is closed.</summary>
    public int Failures;

    /// <summary>How often the breaker opened since the last success.</summary>
    public int Trips;

    /// <summary>1 while it takes no new work by call.</summary>
    public int Draining;

    /// <summary>Closed when 0, open until then, half-open afterwards.</summary>
    public long OpenUntil;

    /// <summary>Until then a probe of the half-open breaker keeps others out.</summary>
    public long ProbeUntil;

    /// <summary>The provider asked us to wait until then.</summary>
    public long LimitedUntil;

    /// <summary>The quota is used up until then.</summary>
    public long QuotaUntil;

    /// <summary>The last health check said no; believed until then.</summary>
    public long UnhealthyUntil;

    /// <summary>Our own limit of requests a minute lets the next one in from then on (GCRA: theoretical arrival time minus the burst).</summary>
    public long RequestsFrom;

    /// <summary>Our own limit of tokens a minute lets the next attempt in from then on.</summary>
    public long TokensFrom;

    /// <summary>Our own limit of requests a day: the day number in the upper half, the number of requests in the lower.</summary>
    public long Day;
}
