namespace Orchestrator.Containers;

/// <summary>What a container engine can do: as little as the balancer needs.</summary>
/// <remarks>Thread-safe. Calls are time-boxed by the engine and throw <see cref="OrchestratorException"/> when it cannot be reached.</remarks>
public interface IContainerEngine
{
    /// <summary>The engine's name: <c>docker</c>, <c>process</c>.</summary>
    string Name { get; }

    /// <summary>Creates an instance without starting it.</summary>
    /// <param name="specification">What to create.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The engine's id of the instance.</returns>
    ValueTask<string> CreateAsync(ContainerSpecification specification, CancellationToken cancellationToken);

    /// <summary>Starts an instance.</summary>
    /// <param name="id">The instance.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it is started.</returns>
    ValueTask StartAsync(string id, CancellationToken cancellationToken);

    /// <summary>Stops an instance: politely, then by force.</summary>
    /// <param name="id">The instance.</param>
    /// <param name="grace">How long to wait before force; zero kills at once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it has ended.</returns>
    ValueTask StopAsync(string id, TimeSpan grace, CancellationToken cancellationToken);

    /// <summary>Removes an instance and all it wrote. No error when it is gone already.</summary>
    /// <param name="id">The instance.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it is gone.</returns>
    ValueTask RemoveAsync(string id, CancellationToken cancellationToken);

    /// <summary>One instance as it is now.</summary>
    /// <param name="id">The instance.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The state; <see langword="null"/> when there is none.</returns>
    ValueTask<ContainerStatus?> InspectAsync(string id, CancellationToken cancellationToken);

    /// <summary>The instances that carry all of the given labels.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The instances.</returns>
    ValueTask<ValueList<ContainerStatus>> ListAsync(ValueMap labels, CancellationToken cancellationToken);

    /// <summary>Runs a command in a started instance.</summary>
    /// <param name="id">The instance.</param>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">Kills the command.</param>
    /// <returns>What it printed, line by line, and its exit code as the last element.</returns>
    IAsyncEnumerable<ContainerOutput> ExecuteAsync(string id, ContainerCommand command, CancellationToken cancellationToken);

    /// <summary>Freezes a running instance: it keeps its memory and uses no processor.</summary>
    /// <param name="id">The instance.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it is frozen.</returns>
    ValueTask PauseAsync(string id, CancellationToken cancellationToken);

    /// <summary>Lets a frozen instance go on.</summary>
    /// <param name="id">The instance.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it goes on.</returns>
    ValueTask ResumeAsync(string id, CancellationToken cancellationToken);

    /// <summary>What an instance uses now. May take a second: never on the way to a lease.</summary>
    /// <param name="id">The instance.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The figures; <see langword="null"/> when it does not run.</returns>
    ValueTask<ContainerUsage?> GetUsageAsync(string id, CancellationToken cancellationToken);

    /// <summary>What an instance's own program printed.</summary>
    /// <param name="id">The instance.</param>
    /// <param name="lines">How many of the newest lines.</param>
    /// <param name="follow">Whether to go on as it prints more, until it ends.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The lines, oldest first.</returns>
    IAsyncEnumerable<ContainerOutput> ReadLogsAsync(string id, int lines, bool follow, CancellationToken cancellationToken);

    /// <summary>What happens to the instances that carry all of the given labels. A hint: the list is the truth, and events can be missed.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="since">Also tells what happened from then on, as far as the engine still knows; <see langword="null"/> for only what is new.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The events; ends with an <see cref="OrchestratorException"/> when the engine is lost.</returns>
    IAsyncEnumerable<ContainerEvent> WatchAsync(ValueMap labels, DateTimeOffset? since, CancellationToken cancellationToken);
}
