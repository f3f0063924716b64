using Orchestrator.Queue;

namespace Orchestrator.Conformance.Model;

/// <summary>
/// A group as the model knows it. Calls that run at the same moment may come in any order, and a changed limit may or may not fill the bucket anew:
/// so the virtual time and the tokens are known as a range.
/// </summary>
internal sealed class ModelGroup(string name)
{
    public string Name { get; } = name;

    public GroupSettings? Settings { get; set; }

    public double TimeLow { get; set; }

    public double TimeHigh { get; set; }

    public double TokensLow { get; private set; } = double.MaxValue;

    public double TokensHigh { get; private set; } = double.MaxValue;

    private DateTimeOffset _refilledAt;

    public int Weight => Settings?.Weight ?? 1;

    public void Refill(RateLimit rate, DateTimeOffset now)
    {
        var size = (double)(rate.Burst ?? rate.Count);
        var refill = Math.Max(0, (now - _refilledAt).TotalMilliseconds) * rate.Count / rate.Period.TotalMilliseconds;
        TokensLow = Math.Min(size, TokensLow == double.MaxValue ? size : TokensLow + refill);
        TokensHigh = Math.Min(size, TokensHigh == double.MaxValue ? size : TokensHigh + refill);
        _refilledAt = now;
    }

    public void TakeToken() => (TokensLow, TokensHigh) = (Math.Max(0, TokensLow - 1), Math.Max(0, TokensHigh - 1));

    /// <summary>Another limit holds: what the bucket holds now is the engine's affair.</summary>
    public void ForgetTokens() => (TokensLow, TokensHigh) = (0, double.MaxValue);

    /// <summary>It is not behind a time: it makes up for no turns that it did not take.</summary>
    public void CatchUp(double low, double high) => (TimeLow, TimeHigh) = (Math.Max(TimeLow, low), Math.Max(TimeHigh, high));

    public void Serve(int slots) => (TimeLow, TimeHigh) = (TimeLow + ((double)slots / Weight), TimeHigh + ((double)slots / Weight));
}
