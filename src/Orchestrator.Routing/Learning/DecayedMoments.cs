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
    /// <summary>What these and later values come to together: the same as if the later ones had been added one by one.</summary>
    /// <param name="later">Values that were added to an empty series with the same discount.</param>
    /// <param name="discount">The discount.</param>
    public readonly DecayedMoments Then(in DecayedMoments later, double discount)
    {
        if (later.Weight <= 0)
        {
            return this;
        }

        var weight = Weight * Remains(later.Weight, discount);
        var distance = later.Mean - Mean;
        return new DecayedMoments
        {
            Weight = weight + later.Weight,
            Mean = Mean + (distance * later.Weight / (weight + later.Weight)),
            Squares = (Squares * Remains(later.Weight, discount)) + later.Squares + (distance * distance * weight * later.Weight / (weight + later.Weight)),
        };
    }

    /// <summary>What remains of the evidence before a series of this discounted weight: the weight tells how many values it had, (1 - d^n) / (1 - d).</summary>
    public static double Remains(double laterWeight, double discount) => Math.Clamp(1 - (laterWeight * (1 - discount)), 0, 1);
}
