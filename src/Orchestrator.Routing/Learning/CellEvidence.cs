namespace Orchestrator.Routing.Learning;

/// <summary>What was seen of one candidate for one type and complexity of task ("own"), and what was seen for the other complexities of that type ("other").</summary>
/// <remarks>The two are kept apart, so that no outcome counts twice: the others are the prior of the own.</remarks>
internal struct CellEvidence
{
    public double Successes;
    public double Trials;
    public double OtherSuccesses;
    public double OtherTrials;
    public DecayedMoments LogSeconds;
    public DecayedMoments OtherLogSeconds;
    public DecayedMoments Usd;
    public DecayedMoments OtherUsd;

    public readonly bool IsEmpty =>
        Trials == 0 && OtherTrials == 0 && LogSeconds.Weight == 0 && OtherLogSeconds.Weight == 0 && Usd.Weight == 0 && OtherUsd.Weight == 0;

    public void AddOutcome(bool succeeded, bool isOwn, double discount)
    {
        if (isOwn)
        {
            Successes = (Successes * discount) + (succeeded ? 1 : 0);
            Trials = (Trials * discount) + 1;
        }
        else
        {
            OtherSuccesses = (OtherSuccesses * discount) + (succeeded ? 1 : 0);
            OtherTrials = (OtherTrials * discount) + 1;
        }
    }

    public void AddSeconds(double logSeconds, bool isOwn, double discount) => (isOwn ? ref LogSeconds : ref OtherLogSeconds).Add(logSeconds, discount);

    public void AddUsd(double usd, bool isOwn, double discount) => (isOwn ? ref Usd : ref OtherUsd).Add(usd, discount);
}
