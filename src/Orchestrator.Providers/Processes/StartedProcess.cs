using System.Diagnostics;

namespace Orchestrator.Providers.Processes;

/// <summary>A process that runs, and what holds it.</summary>
/// <param name="Process">The process.</param>
/// <param name="Group">Its control group; <see langword="null"/> without.</param>
/// <param name="StartTime">When it started, as the kernel counts: nothing that it starts is older. 0 when that is not known.</param>
internal sealed record StartedProcess(Process Process, ControlGroup? Group, long StartTime);
