namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds to the registration of the router.</summary>
public interface IProviderRoutingBuilder
{
    /// <summary>The name of the options; empty for the default ones.</summary>
    string Name { get; }

    /// <summary>The services.</summary>
    IServiceCollection Services { get; }
}
