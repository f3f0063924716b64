namespace Orchestrator.Routing.Learning;

/// <summary>Makes of prior and evidence what decisions read. Each level of the hierarchy is the prior of the next: the configuration, the type of task, its complexity.</summary>
internal static class Posterior
{
    /// <summary>A learned price needs this much evidence; before that the configured price counts.</summary>
    public const double MinPricedTasks = 5;

    /// <summary>The spread of durations, as the deviation of their logarithm, before anything is known: about two thirds lie between 0.6 and 1.6 times the typical one.</summary>
    public const double PriorLogDeviation = 0.5;

    // Keeps the deviation of a success rate above zero: nothing is certain, and a certain candidate would never be tried again.
    private const double MinUncertainRate = 0.02;
    private const double MaxLogVariance = 1;

    /// <summary>The mean of the success rate and its standard deviation: a Beta distribution.</summary>
    public static (double Mean, double Deviation) Success(in CellEvidence evidence, double prior, double mass)
    {
        var ofType = ((prior * mass) + evidence.OtherSuccesses) / (mass + evidence.OtherTrials);
        var trials = mass + evidence.Trials;
        var mean = Math.Clamp(((ofType * mass) + evidence.Successes) / trials, 0, 1);
        var rate = Math.Clamp(mean, MinUncertainRate, 1 - MinUncertainRate);
        return (mean, Math.Sqrt(rate * (1 - rate) / (trials + 1)));
    }

    /// <summary>The mean and deviation of the logarithm of the duration in seconds.</summary>
    public static (double Mean, double Deviation) LogSeconds(in CellEvidence evidence, double typicalSeconds, double mass)
    {
        var (mean, variance) = (Math.Log(typicalSeconds), PriorLogDeviation * PriorLogDeviation);
        (mean, variance) = Blend(evidence.OtherLogSeconds, mean, variance, mass);
        (mean, variance) = Blend(evidence.LogSeconds, mean, variance, mass);
        return (mean, Math.Sqrt(variance));
    }

    /// <summary>The expected duration: the typical one without evidence, the mean of the log-normal distribution with it.</summary>
    public static double Seconds(in CellEvidence evidence, double typicalSeconds, double mass)
    {
        var seen = evidence.LogSeconds.Weight + evidence.OtherLogSeconds.Weight;
        if (seen == 0)
        {
            return typicalSeconds;
        }

        var (mean, deviation) = LogSeconds(evidence, typicalSeconds, mass);
        var variance = Math.Min(deviation * deviation, MaxLogVariance) * seen / (mass + seen);
        return Math.Exp(mean + (variance / 2));
    }

    /// <summary>The expected price in US dollars, or -1 when too little is known.</summary>
    public static double Usd(in CellEvidence evidence, double mass)
    {
        var (own, other) = (evidence.Usd, evidence.OtherUsd);
        if (own.Weight + other.Weight < MinPricedTasks * 0.95)
        {
            return -1;
        }

        var otherMass = Math.Min(mass, other.Weight);
        return ((other.Mean * otherMass) + (own.Mean * own.Weight)) / (otherMass + own.Weight);
    }

    private static (double Mean, double Variance) Blend(in DecayedMoments seen, double mean, double variance, double mass)
    {
        var total = mass + seen.Weight;
        return (((mean * mass) + (seen.Mean * seen.Weight)) / total, ((variance * mass) + seen.Squares) / total);
    }
}
