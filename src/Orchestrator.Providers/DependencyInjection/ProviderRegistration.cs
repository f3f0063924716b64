namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Says that a provider of a name was added, and of what kind it is.</summary>
internal sealed record ProviderRegistration(string Name, string Kind);
