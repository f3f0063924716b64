namespace Orchestrator.Routing.State;

/// <summary>Something that the router remembers over restarts.</summary>
internal interface IRoutingStateSource
{
    /// <summary>The kind of its entries; no other source has it.</summary>
    string Kind { get; }

    /// <summary>Whether what other processes saved is taken over while the host runs. Such a source decides by itself whose word counts.</summary>
    bool IsShared { get; }

    /// <summary>Everything as it is now. The keeper saves what changed.</summary>
    IEnumerable<RoutingStateEntry> Export(DateTimeOffset now);

    /// <summary>Takes over entries of its kind as they were saved.</summary>
    /// <returns>The keys of those that it does not understand.</returns>
    IReadOnlyList<string> Import(IReadOnlyList<RoutingStateEntry> entries, DateTimeOffset now);
}
