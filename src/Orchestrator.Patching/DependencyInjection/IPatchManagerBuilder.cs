namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Carries on a registration that <c>AddPatchManager</c> began.</summary>
public interface IPatchManagerBuilder
{
    /// <summary>The name of the options; empty, as there is one patch manager.</summary>
    string Name { get; }

    /// <summary>The services that it was added to.</summary>
    IServiceCollection Services { get; }
}
