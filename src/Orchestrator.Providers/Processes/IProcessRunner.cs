namespace Orchestrator.Providers.Processes;

/// <summary>Runs a program somewhere: on this machine or in a container.</summary>
internal interface IProcessRunner
{
    /// <summary>Runs a program.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="cancellationToken">Stops it and everything it started; only then does the enumeration throw.</param>
    /// <returns>Lines as they come, then one item with how it ended.</returns>
    /// <exception cref="ProcessStartException">It could not be started.</exception>
    IAsyncEnumerable<ProcessOutput> RunAsync(ProcessRequest request, CancellationToken cancellationToken);
}
