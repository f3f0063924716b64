namespace Orchestrator.Routing.Attempts;

/// <summary>Providers that the admission did not let in although the router saw nothing against them, each with the last word of the admission.</summary>
internal sealed class AttemptRefusals
{
    private readonly Dictionary<string, RejectionDetail> _words = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _excluded = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whom the router is told to leave out.</summary>
    public IReadOnlyCollection<string> Excluded => _excluded;

    public void Add(string provider, RejectionDetail? word) =>
        _words[provider] = word ?? new RejectionDetail { Reason = RejectionReason.Excluded, Text = "the admission lets it not in, and gave no reason" };

    /// <summary>Leaves it out from now on; false when it was left out before.</summary>
    public bool Exclude(string provider) => _excluded.Add(provider);

    /// <summary>Lets all be asked again.</summary>
    public void Clear()
    {
        _words.Clear();
        _excluded.Clear();
    }

    public bool Concerns(ValueList<CandidateExplanation> candidates) => candidates.Any(candidate => _excluded.Contains(candidate.Provider));

    /// <summary>How the candidates fared, with the admission's word in the place of ours that they are left out.</summary>
    public ValueList<CandidateExplanation> Into(ValueList<CandidateExplanation> candidates) => [.. candidates.Select(Into)];

    private CandidateExplanation Into(CandidateExplanation candidate)
    {
        if (!_excluded.Contains(candidate.Provider) || !_words.TryGetValue(candidate.Provider, out var word))
        {
            return candidate;
        }

        ValueList<RejectionDetail> reasons = [word, .. candidate.Reasons.Where(reason => reason.Reason != RejectionReason.Excluded)];
        return new CandidateExplanation
        {
            Provider = candidate.Provider,
            Model = candidate.Model,
            Rejection = word.Reason,
            Reasons = reasons,
            Until = reasons.Any(reason => reason.Until is null) ? null : reasons.Max(reason => reason.Until),
        };
    }
}
