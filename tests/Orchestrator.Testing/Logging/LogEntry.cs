using Microsoft.Extensions.Logging;

namespace Orchestrator.Testing;

/// <summary>One thing that was logged.</summary>
/// <param name="Category">The logger's category.</param>
/// <param name="Level">The level it was logged at.</param>
/// <param name="EventId">The event id and name.</param>
/// <param name="Message">The message as a person would read it.</param>
/// <param name="Exception">The exception logged with it.</param>
/// <param name="State">The structured values, the message template among them.</param>
/// <param name="Scopes">The scopes open at that moment, outermost first, as text.</param>
public sealed record LogEntry(
    string Category,
    LogLevel Level,
    EventId EventId,
    string Message,
    Exception? Exception,
    IReadOnlyList<KeyValuePair<string, object?>> State,
    IReadOnlyList<string> Scopes);
