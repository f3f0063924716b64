namespace Orchestrator.Conformance;

/// <summary>One way to forge the operation log behind its back.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Sequence">The entry it is done to.</param>
/// <param name="Column">The column that is changed, by its name in the table.</param>
/// <param name="Text">What is written into it, or the message of the inserted entry.</param>
public sealed record LogTampering(LogTamperingKind Kind, long Sequence, string Column, string Text);

/// <summary>Ways to forge the operation log.</summary>
public enum LogTamperingKind
{
    /// <summary>Something is appended to, or put in the place of, the text in the column.</summary>
    Change = 0,

    /// <summary>The entry is removed.</summary>
    Remove,

    /// <summary>The entry is removed and those after it move up.</summary>
    RemoveAndCloseGap,

    /// <summary>A copy of the entry with another message is put after the last one.</summary>
    InsertAtEnd,

    /// <summary>The entry changes places with the next one, or the one before when it is the last.</summary>
    Swap,

    /// <summary>The entry and all after it are removed.</summary>
    Truncate,

    /// <summary>A copy of the entry, with another message and a hash of its own choosing, is put before it; it and those after it move down.</summary>
    InsertBefore,

    /// <summary>The head, which tells how many entries there are and the hash of the last, is changed as by <see cref="Change"/>, in column <c>entries</c> or <c>hash</c>.</summary>
    ChangeHead,

    /// <summary>A copy of the entry is put at the lowest place that there is.</summary>
    InsertAtLowest,

    /// <summary>A copy of the entry is put at the highest place that there is.</summary>
    InsertAtHighest,

    /// <summary>The column gets the same value as another type, where the engine lets it; else it is changed as by <see cref="Change"/>.</summary>
    ChangeType,
}
