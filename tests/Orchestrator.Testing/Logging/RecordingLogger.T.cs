using Microsoft.Extensions.Logging;

namespace Orchestrator.Testing;

/// <summary>An <see cref="ILogger{TCategoryName}"/> that keeps what is logged. Thread-safe.</summary>
/// <typeparam name="T">The type whose name is the category.</typeparam>
public sealed class RecordingLogger<T> : ILogger<T>
{
    private readonly ILogger _inner;

    /// <summary>Makes a logger with a record of its own.</summary>
    public RecordingLogger()
        : this(new RecordingLoggerProvider())
    {
    }

    /// <summary>Makes a logger that writes into <paramref name="recorder"/>, which others may share.</summary>
    public RecordingLogger(RecordingLoggerProvider recorder)
    {
        ArgumentNullException.ThrowIfNull(recorder);

        Recorder = recorder;
        _inner = recorder.CreateLogger(typeof(T).FullName ?? typeof(T).Name);
    }

    /// <summary>Where the entries are kept.</summary>
    public RecordingLoggerProvider Recorder { get; }

    /// <summary>What was logged so far: a copy.</summary>
    public IReadOnlyList<LogEntry> Entries => Recorder.Entries;

    /// <inheritdoc cref="RecordingLoggerProvider.AllText" />
    public string AllText() => Recorder.AllText();

    /// <inheritdoc />
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => _inner.BeginScope(state);

    /// <inheritdoc />
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc />
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _inner.Log(logLevel, eventId, state, exception, formatter);
}
