namespace Orchestrator.Patching;

/// <summary>The file before, with what is found out about it only when it is needed.</summary>
internal sealed class MatchFile : IDisposable
{
    private readonly LineTable?[] _tables = new LineTable?[4];

    public MatchFile(ReadOnlyMemory<byte> bytes, MatchBudget budget)
    {
        Text = new TextLines(bytes, hasMark: true);
        Budget = budget;
    }

    public TextLines Text { get; }

    public MatchBudget Budget { get; }

    /// <summary>How many searches went over the bytes because no table was there yet.</summary>
    public int ByteSearches { get; set; }

    public bool HasTable(LineForm form) => _tables[(int)form] is not null;

    public LineTable Table(LineForm form)
    {
        if (_tables[(int)form] is not { } table)
        {
            Budget.Take((Text.Bytes.Length / 16) + 1);
            table = _tables[(int)form] = new LineTable(Text, form);
        }

        return table;
    }

    public void Dispose()
    {
        Text.Dispose();
        foreach (var table in _tables)
        {
            table?.Dispose();
        }
    }
}
