namespace Orchestrator.Providers;

/// <summary>A model that a provider can run.</summary>
public sealed record ModelDescriptor
{
    /// <summary>The model's name as the provider takes it.</summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public required string Name { get; init => field = Require.Text(value, 200); }

    /// <summary>The largest request in tokens; <see langword="null"/> when not known.</summary>
    public long? ContextWindow { get; init => field = Require.OptionalAtLeast(value, 1); }

    /// <summary>What a million tokens of each class cost.</summary>
    /// <value>Nothing by default.</value>
    public TokenPrices Prices { get; init => field = value ?? new(); } = new();
}
