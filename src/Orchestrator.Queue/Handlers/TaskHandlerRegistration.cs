using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Handlers;

/// <summary>A handler that is known by its type of payload before it is made.</summary>
/// <param name="Type">The type of payload.</param>
/// <param name="Origin">What to call the handler in messages.</param>
/// <param name="Identity">What it is: two of the same type of payload that are equal here are one.</param>
/// <param name="Options">How it reads and writes.</param>
/// <param name="Create">Makes what runs it; throws when it cannot run.</param>
internal sealed record TaskHandlerRegistration(
    string Type, string Origin, object Identity, TaskHandlerOptions Options, Func<IServiceProvider, TaskHandlerRegistration, TaskHandlerCall> Create);
