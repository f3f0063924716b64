using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Handlers;

/// <summary>What runs one type of task.</summary>
/// <param name="Run">The handler with all decorators; never throws.</param>
/// <param name="Versions">What it knows of the payload; <see langword="null"/> when it takes any version as it is.</param>
internal sealed record HandlerEntry(TaskHandlerCall Run, PayloadVersions? Versions);
