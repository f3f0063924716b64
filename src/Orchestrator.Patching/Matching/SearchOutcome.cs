namespace Orchestrator.Patching;

/// <summary>A place and what takes it.</summary>
internal readonly record struct FoundPart(MatchPlace Place, ReadOnlyMemory<byte> New);

/// <summary>What came of looking for an edit's place.</summary>
internal sealed record SearchOutcome
{
    /// <summary>The place, or several of an edit that leaves lines out; empty when there is none.</summary>
    public IReadOnlyList<FoundPart> Parts { get; init; } = [];

    /// <summary>The tier of the place, or of the several places.</summary>
    public MatchTier Tier { get; init; }

    /// <summary>The several places, when nothing decides between them.</summary>
    public Candidates? Several { get; init; }

    /// <summary>Whether a line that should stand before the place is not there.</summary>
    public bool IsAnchorMissing { get; init; }

    /// <summary>The line, counted from 0, at and behind which was looked.</summary>
    public int From { get; init; }

    /// <summary>The line, counted from 0, that the patch names, moved along with the edits before.</summary>
    public int? Hint { get; init; }

    public bool IsFound => Parts.Count > 0;
}
