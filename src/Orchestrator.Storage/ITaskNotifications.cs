namespace Orchestrator.Storage;

/// <summary>Tells this process that others changed something in the database. Hints only: polling is the net, nothing depends on a hint's arrival.</summary>
/// <remarks>Thread-safe.</remarks>
public interface ITaskNotifications
{
    /// <summary>
    /// Listens until it is cancelled. Gives one hint for everything once it listens, and again after it had to connect anew, as some may have been missed. Ends by
    /// itself, without a hint, when hints are switched off.
    /// </summary>
    /// <param name="cancellationToken">Stops listening.</param>
    /// <returns>Queues whose tasks changed; <see langword="null"/> when it may be any.</returns>
    IAsyncEnumerable<string?> ListenAsync(CancellationToken cancellationToken);
}
