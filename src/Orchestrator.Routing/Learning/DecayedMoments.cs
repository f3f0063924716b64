namespace Orchestrator.Routing.Learning;

/// <summary>Mean and deviation of a series that slowly forgets: Welford's sums with a discount.</summary>
internal struct DecayedMoments
{
    /// <summary>How many values it weighs as much as.</summary>
    public double Weight;

    /// <summary>The mean of the values.</summary>
    public double Mean;

    /// <summary>The discounted sum of squared distances from the mean.</summary>
    public double Squares;

    public readonly double Variance => Weight > 0 ? Math.Max(0, Squares / Weight) : 0;

    public void Add(double value, double discount)
    {
        Weight = (Weight * discount) + 1;
        var distance = value - Mean;
        Mean += distance / Weight;
        Squares = (Squares * discount) + (distance * (value - Mean));
    }
}
