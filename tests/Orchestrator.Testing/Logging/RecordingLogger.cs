using System.Globalization;

using Microsoft.Extensions.Logging;

namespace Orchestrator.Testing;

/// <summary>Writes what one category logs into a <see cref="RecordingLoggerProvider"/>.</summary>
internal sealed class RecordingLogger(RecordingLoggerProvider recorder, string category, LoggerExternalScopeProvider scopes) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => scopes.Push(state);

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);

        var open = new List<string>();
        scopes.ForEachScope(static (scope, list) => list.Add(Text(scope)), open);
        IReadOnlyList<KeyValuePair<string, object?>> values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? [.. pairs] : [];
        recorder.Add(new LogEntry(category, logLevel, eventId, formatter(state, exception), exception, values, open));
    }

    private static string Text(object? scope) => scope is IEnumerable<KeyValuePair<string, object?>> pairs
        ? $"{scope} {{{string.Join(", ", pairs.Select(pair => $"{pair.Key} = {Convert.ToString(pair.Value, CultureInfo.InvariantCulture)}"))}}}"
        : Convert.ToString(scope, CultureInfo.InvariantCulture) ?? string.Empty;
}
