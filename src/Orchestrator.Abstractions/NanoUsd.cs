namespace Orchestrator;

/// <summary>Converts money between the form callers see (<see cref="decimal"/> US dollars) and the form that is stored and added (whole nano-dollars).</summary>
public static class NanoUsd
{
    /// <summary>Nano-dollars in one dollar.</summary>
    public const long PerUsd = 1_000_000_000;

    /// <summary>Dollars as whole nano-dollars, rounded half to even.</summary>
    /// <param name="usd">Dollars, between -9.2 and 9.2 thousand million.</param>
    /// <returns>Nano-dollars.</returns>
    /// <exception cref="OverflowException">The amount is out of range.</exception>
    public static long FromUsd(decimal usd) => decimal.ToInt64(decimal.Round(usd * PerUsd, 0, MidpointRounding.ToEven));

    /// <summary>Nano-dollars as dollars, exactly.</summary>
    /// <param name="nanoUsd">Nano-dollars.</param>
    /// <returns>Dollars.</returns>
    public static decimal ToUsd(long nanoUsd) => (decimal)nanoUsd / PerUsd;
}
