namespace Orchestrator.Providers.Containers;

/// <summary>A command of the host could not be given a container; the message says why. Its code is <c>providers.no_container</c>.</summary>
public sealed class ContainerUnavailableException : OrchestratorException
{
    internal ContainerUnavailableException(FailureClass failure, string message)
        : base("providers.no_container", message) => Class = failure;

    /// <summary><see cref="FailureClass.Unavailable"/> when there may be one later, else <see cref="FailureClass.Configuration"/>.</summary>
    public FailureClass Class { get; }
}
