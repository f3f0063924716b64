using Orchestrator.Providers;
using Orchestrator.Providers.Command;
using Orchestrator.Tasks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds <c>dotnet format</c> as a provider.</summary>
public static class DotnetFormatBuilderExtensions
{
    /// <summary>The provider's name.</summary>
    public const string DotnetFormatName = "dotnet-format";

    /// <summary>Adds <c>dotnet format</c>: brings C# code into the form that its <c>.editorconfig</c> asks for. Needs no key and no network for projects without packages.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">More settings: arguments after <c>format</c>, time limits.</param>
    /// <returns>The builder.</returns>
    public static IAgentProvidersBuilder AddDotnetFormat(this IAgentProvidersBuilder builder, Action<CommandProviderOptions>? configure = null) =>
        builder.AddCommand(DotnetFormatName, options =>
        {
            options.Executable = "dotnet";
            options.Arguments.Add("format");
            options.Description = "Brings C# code into the form that .editorconfig asks for.";
            options.TaskTypes.Add(AgentTaskType.Refactor);
            options.Capabilities.Add(ProviderCapabilities.Edit);
            options.Capabilities.Add(ProviderCapabilities.Deterministic);
            options.InstallHint = "Install the .NET SDK: https://dot.net.";
            // What a restore writes to.
            options.WritablePaths.Add("~/.nuget");
            options.WritablePaths.Add("~/.local/share/NuGet");
            // Where .NET keeps named mutexes, which NuGet takes at its first run.
            options.WritablePaths.Add("/tmp/.dotnet");
            configure?.Invoke(options);
        });
}
