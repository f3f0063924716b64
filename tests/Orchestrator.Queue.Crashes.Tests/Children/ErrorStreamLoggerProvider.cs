using Microsoft.Extensions.Logging;

namespace Orchestrator.Queue.Crashes.Tests.Children;

/// <summary>Writes warnings and errors to the standard error, a line each, at once.</summary>
internal sealed class ErrorStreamLoggerProvider : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new ErrorStreamLogger(categoryName);

    public void Dispose()
    {
    }

    private sealed class ErrorStreamLogger(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Console.Error.WriteLine($"{logLevel} {category} {eventId.Name}: {formatter(state, exception)} {exception}".ReplaceLineEndings(" "));
            }
        }
    }
}
