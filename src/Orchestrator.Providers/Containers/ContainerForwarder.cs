using System.Globalization;
using System.Text;
using Orchestrator.Containers;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Containers;

/// <summary>The program in a container that makes the credential proxy's socket a port there. Disposing it kills it.</summary>
internal sealed class ContainerForwarder : IAsyncDisposable
{
    private const int MaxTold = 1000;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _told = new(); // only until it is ready
    private readonly AgentContainerOptions _options;
    private readonly Task _running;

    private ContainerForwarder(ContainerServices services, string engineId, string socketPath)
    {
        _options = services.Options;
        string[] words = [.. _options.Forwarder.Select(word => word
            .Replace("{port}", _options.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{socket}", socketPath, StringComparison.Ordinal))];
        var command = new ContainerCommand { Command = new CommandLine { Executable = words[0], Arguments = [.. words[1..]] }, WorkingDirectory = "/" };
        _running = RunAsync(services.Engine.ExecuteAsync(engineId, command, _stop.Token));
    }

    /// <summary>Starts it; it listens when this returns.</summary>
    /// <exception cref="ProcessStartException">It does not listen.</exception>
    public static async Task<ContainerForwarder> StartAsync(ContainerServices services, string engineId, string socketPath, CancellationToken cancellationToken)
    {
        var forwarder = new ContainerForwarder(services, engineId, socketPath);
        try
        {
            await Task.WhenAny(forwarder._ready.Task, forwarder._running).WaitAsync(StartLimit, services.Time, cancellationToken).ConfigureAwait(false);
            return forwarder._ready.Task.IsCompletedSuccessfully
                ? forwarder
                : throw new ProcessStartException(services.Options.Forwarder[0], $"in the container it did not come to listen for the credential proxy; the image needs it. {services.Redactor.Redact(forwarder._told.ToString())}");
        }
        catch (Exception exception)
        {
            await forwarder.DisposeAsync().ConfigureAwait(false);
            throw exception is TimeoutException ? new ProcessStartException(services.Options.Forwarder[0], $"in the container it did not come to listen within {StartLimit}.", exception) : exception;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(IAsyncEnumerable<ContainerOutput> output)
    {
        await Task.Yield();
        try
        {
            await foreach (var line in output.ConfigureAwait(false))
            {
                if (line.Text.Contains(_options.ForwarderReady, StringComparison.Ordinal))
                {
                    _ready.TrySetResult();
                }
                else if (!_ready.Task.IsCompleted && _told.Length < MaxTold)
                {
                    _told.Append(line.Text.AsSpan(0, Math.Min(line.Text.Length, MaxTold))).Append(' ');
                }
            }
        }
        catch (Exception exception) when (exception is OrchestratorException or OperationCanceledException)
        {
            _told.Append(_ready.Task.IsCompleted ? "" : exception.Message); // The agent's own end tells of a container that is lost.
        }
    }
}
