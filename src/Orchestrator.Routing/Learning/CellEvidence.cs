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

    /// <summary>What this and later evidence come to together: the same as if the later one had been added piece by piece.</summary>
    /// <param name="later">Evidence that was added to an empty cell with the same discount.</param>
    /// <param name="discount">The discount.</param>
    public readonly CellEvidence Then(in CellEvidence later, double discount)
    {
        var (own, other) = (DecayedMoments.Remains(later.Trials, discount), DecayedMoments.Remains(later.OtherTrials, discount));
        return new CellEvidence
        {
            Successes = (Successes * own) + later.Successes,
            Trials = (Trials * own) + later.Trials,
            OtherSuccesses = (OtherSuccesses * other) + later.OtherSuccesses,
            OtherTrials = (OtherTrials * other) + later.OtherTrials,
            LogSeconds = LogSeconds.Then(later.LogSeconds, discount),
            OtherLogSeconds = OtherLogSeconds.Then(later.OtherLogSeconds, discount),
            Usd = Usd.Then(later.Usd, discount),
            OtherUsd = OtherUsd.Then(later.OtherUsd, discount),
        };
    }
}
