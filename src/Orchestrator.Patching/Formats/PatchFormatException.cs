namespace Orchestrator.Patching;

/// <summary>Ends the reading of a patch; never leaves the parser.</summary>
internal sealed class PatchFormatException(PatchConflictCode code, int line, string message, int column = 0) : Exception(message)
{
    private const int MaxMessage = 1000;

    public PatchConflictCode Code { get; } = code;

    public int Line { get; } = line;

    /// <summary>The column, counted from 1; 0 when only the line is known.</summary>
    public int Column { get; } = column;

    public PatchConflict ToConflict() => new() { Code = Code, Line = Math.Max(1, Line), Column = Column > 0 ? Column : null, Message = Shown(Message) };

    /// <summary>Parts of the patch are quoted in messages: control characters are shown as blanks, and what is long is cut.</summary>
    private static string Shown(string message)
    {
        var text = message.Length > MaxMessage ? message[..MaxMessage] + "…" : message;
        return string.Create(text.Length, text, static (span, from) =>
        {
            for (var i = 0; i < from.Length; i++)
            {
                span[i] = char.IsControl(from[i]) ? ' ' : from[i];
            }
        });
    }
}
