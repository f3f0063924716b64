namespace Orchestrator.Containers;

/// <summary>What an instance uses.</summary>
/// <param name="ProcessorTime">Processor time since its start, of all its processes.</param>
/// <param name="MemoryBytes">Memory in use now.</param>
/// <param name="Processes">Processes (of Docker: and threads) alive now.</param>
public sealed record ContainerUsage(TimeSpan ProcessorTime, long MemoryBytes, int Processes);
