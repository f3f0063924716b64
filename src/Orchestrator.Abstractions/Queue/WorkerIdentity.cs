namespace Orchestrator.Queue;

/// <summary>Who does the work; on every row of every table.</summary>
public sealed record WorkerIdentity
{
    /// <summary>This incarnation of the worker: fresh for every start of its process, because host names and pods come back.</summary>
    public required string Id { get; init => field = Require.Name(value); }

    /// <summary>The worker's name for people.</summary>
    public required string WorkerName { get; init => field = Require.Text(value, 200); }

    /// <summary>The container that it runs in; <c>local</c> outside one.</summary>
    /// <value><c>local</c> by default.</value>
    public string ContainerName { get; init => field = Require.Text(value ?? "local", 200); } = "local";
}
