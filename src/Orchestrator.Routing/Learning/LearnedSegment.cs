namespace Orchestrator.Routing.Learning;

/// <summary>What this process saw of one candidate from one save to the next, so that it can be added to whatever others saved meanwhile.</summary>
/// <param name="Number">The save that it went into; later ones are larger.</param>
/// <param name="IsWhole">Whether it replaces everything before it: it was imported or reset by hand.</param>
/// <param name="Cells">The evidence.</param>
internal sealed record LearnedSegment(long Number, bool IsWhole, CellEvidence[] Cells)
{
    /// <summary>Whether nothing is in it.</summary>
    public bool IsEmpty => !IsWhole && Array.TrueForAll(Cells, cell => cell.IsEmpty);

    /// <summary>Adds it to what was seen before.</summary>
    public void AddTo(Span<CellEvidence> earlier, double discount)
    {
        for (var cell = 0; cell < Cells.Length; cell++)
        {
            earlier[cell] = IsWhole ? Cells[cell] : earlier[cell].Then(Cells[cell], discount);
        }
    }

    /// <summary>Both as one, under the number of the later.</summary>
    public LearnedSegment Then(LearnedSegment later, double discount)
    {
        CellEvidence[] cells = [.. Cells];
        later.AddTo(cells, discount);
        return new LearnedSegment(later.Number, IsWhole || later.IsWhole, cells);
    }
}
