using System.Globalization;
using System.Text;

using Microsoft.Extensions.Logging;

namespace Orchestrator.Testing;

/// <summary>Keeps everything that is logged, in order, whatever its level or category. Thread-safe.</summary>
public sealed class RecordingLoggerProvider : ILoggerProvider, ILoggerFactory
{
    private readonly Lock _gate = new(); // guards _entries and _waiters
    private readonly List<LogEntry> _entries = [];
    private readonly List<EntryWaiter> _waiters = [];
    private readonly LoggerExternalScopeProvider _scopes = new();

    /// <summary>What was logged so far: a copy.</summary>
    public IReadOnlyList<LogEntry> Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries];
            }
        }
    }

    /// <inheritdoc cref="ILoggerFactory.CreateLogger" />
    public ILogger CreateLogger(string categoryName) => new RecordingLogger(this, categoryName, _scopes);

    /// <summary>Makes a logger for the category of <typeparamref name="T"/> that records here.</summary>
    public ILogger<T> CreateLogger<T>() => new RecordingLogger<T>(this);

    /// <summary>Does nothing: one recorder is enough.</summary>
    public void AddProvider(ILoggerProvider provider) => ArgumentNullException.ThrowIfNull(provider);

    /// <summary>
    /// Every message, value, scope and exception in one text: what a test searches for a secret that must not be there.
    /// </summary>
    public string AllText()
    {
        var text = new StringBuilder();
        foreach (var entry in Entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"{entry.Level} {entry.Category} {entry.EventId.Id} {entry.EventId.Name}: {entry.Message}\n");
            foreach (var (name, value) in entry.State)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {name} = {value}\n");
            }

            foreach (var scope in entry.Scopes)
            {
                text.Append(CultureInfo.InvariantCulture, $"  scope {scope}\n");
            }

            if (entry.Exception is not null)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {entry.Exception}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>Completes with the first entry, logged already or still to come, that <paramref name="match"/> accepts.</summary>
    public Task<LogEntry> WaitForAsync(Func<LogEntry, bool> match, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(match);

        var waiter = new EntryWaiter(match);
        lock (_gate)
        {
            if (_entries.Find(entry => match(entry)) is { } known)
            {
                return Task.FromResult(known);
            }

            _waiters.Add(waiter);
        }

        return waiter.Found.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Forgets what was logged so far.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
        }
    }

    /// <summary>Does nothing: the record stays readable after the host that logged has gone.</summary>
    public void Dispose()
    {
    }

    internal void Add(LogEntry entry)
    {
        lock (_gate)
        {
            _entries.Add(entry);
            foreach (var waiter in _waiters.FindAll(waiter => waiter.Match(entry)))
            {
                _waiters.Remove(waiter);
                waiter.Found.TrySetResult(entry);
            }
        }
    }

    private sealed record EntryWaiter(Func<LogEntry, bool> Match)
    {
        public TaskCompletionSource<LogEntry> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
