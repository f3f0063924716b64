using Orchestrator.Providers;

namespace Orchestrator.Routing;

/// <summary>A model of a provider as a host configures it.</summary>
public sealed class ModelSettings
{
    /// <summary>The model's name as the provider takes it.</summary>
    public string Name { get; set; } = "";

    /// <summary>The largest request in tokens, 1 or more; <see langword="null"/> when not known.</summary>
    public long? ContextWindow { get; set; }

    /// <summary>A million tokens of fresh input, in US dollars, 0 or more; <see langword="null"/> when not known.</summary>
    public decimal? InputUsd { get; set; }

    /// <summary>A million tokens of input read from the provider's cache, in US dollars, 0 or more; as <see cref="InputUsd"/> when not set.</summary>
    public decimal? CachedInputUsd { get; set; }

    /// <summary>A million tokens of input written to the provider's cache, in US dollars, 0 or more; as <see cref="InputUsd"/> when not set.</summary>
    public decimal? CacheWriteUsd { get; set; }

    /// <summary>A million tokens of output, in US dollars, 0 or more; <see langword="null"/> when not known.</summary>
    public decimal? OutputUsd { get; set; }

    /// <summary>The model as the router and agents know it: what is not set of the prices is 0, and of cached input as <see cref="InputUsd"/>.</summary>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public ModelDescriptor ToDescriptor() => new()
    {
        Name = Name,
        ContextWindow = ContextWindow,
        Prices = new TokenPrices
        {
            InputUsd = InputUsd ?? 0,
            CachedInputUsd = CachedInputUsd ?? InputUsd ?? 0,
            CacheWriteUsd = CacheWriteUsd ?? InputUsd ?? 0,
            OutputUsd = OutputUsd ?? 0,
        },
    };
}
