namespace Orchestrator.Routing;

/// <summary>The providers that a host has, with the overrides of its configuration applied.</summary>
/// <remarks>Thread-safe. Readers see one immutable snapshot; a change of configuration replaces it as a whole.</remarks>
public interface IProviderRegistry
{
    /// <summary>The number of the current snapshot: 1 at start, one more for each change of configuration.</summary>
    long Version { get; }

    /// <summary>Every provider, disabled ones included, in ordinal order of their names.</summary>
    ValueList<RegisteredProvider> Providers { get; }

    /// <summary>Finds a provider.</summary>
    /// <param name="name">Its name, in any case; may be null.</param>
    /// <returns>The provider; <see langword="null"/> when there is none of that name.</returns>
    RegisteredProvider? Find(string? name);
}
