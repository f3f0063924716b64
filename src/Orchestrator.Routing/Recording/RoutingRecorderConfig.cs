namespace Orchestrator.Routing;

/// <summary>How a <see cref="RoutingRecorder"/> names and sizes what it writes.</summary>
public sealed record RoutingRecorderConfig
{
    /// <summary>How many decisions and outcomes may wait to be written, from 1.</summary>
    /// <value><see cref="RoutingRecorder.DefaultCapacity"/> by default.</value>
    public int Capacity { get; init; } = RoutingRecorder.DefaultCapacity;

    /// <summary>Who decides.</summary>
    /// <value><c>local</c> by default.</value>
    public string WorkerName { get; init; } = "local";

    /// <summary>In which container.</summary>
    /// <value><c>local</c> by default.</value>
    public string ContainerName { get; init; } = "local";
}
