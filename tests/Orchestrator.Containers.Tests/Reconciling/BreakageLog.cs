using Microsoft.Extensions.Logging;

namespace Orchestrator.Containers.Tests.Reconciling;

/// <summary>Keeps what broke inside steps: there it stops nothing, so a test would not see it.</summary>
internal sealed class BreakageLog : ILogger
{
    private const string Breakage = "StepBroke";

    private readonly Queue<Exception> _breakages = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name == Breakage)
        {
            _breakages.Enqueue(exception!);
        }
    }

    /// <summary>The oldest that was not taken; null when there is none.</summary>
    public Exception? Take() => _breakages.TryDequeue(out var breakage) ? breakage : null;
}
