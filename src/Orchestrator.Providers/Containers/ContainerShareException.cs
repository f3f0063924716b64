namespace Orchestrator.Providers.Containers;

/// <summary>A workspace could not be brought into a container; the message says what to change.</summary>
internal sealed class ContainerShareException(string message, Exception? innerException = null) : OrchestratorException("providers.container_share", message, innerException);
