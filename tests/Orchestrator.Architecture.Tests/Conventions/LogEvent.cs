namespace Orchestrator.Architecture.Tests.Conventions;

/// <summary>One log message as its attribute declares it.</summary>
/// <param name="Package">The package it belongs to.</param>
/// <param name="Id">The event id.</param>
/// <param name="Name">The event name, else the method's.</param>
internal sealed record LogEvent(string Package, int Id, string Name);
