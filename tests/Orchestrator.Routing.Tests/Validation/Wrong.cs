using Microsoft.Extensions.Options;
using Orchestrator.Providers;

namespace Orchestrator.Routing.Tests.Validation;

/// <summary>What a registry says to settings. Its providers: codex (tags cheap, cli; price 1), claude (tag cli; price 1), jules (tag remote; GitHub only; price 1), free (no price), prettier (a command, refactoring only).</summary>
internal static class Wrong
{
    private static readonly ProviderDescriptor[] Providers =
    [
        RouterRig.Provider("codex", 1) with { Tags = ["cheap", "cli"] },
        RouterRig.Provider("claude", 1) with { Tags = ["cli"] },
        RouterRig.Provider("jules", 1) with { Tags = ["remote"], Sources = [Tasks.SourceKind.GitHub] },
        RouterRig.Provider("free"),
        RouterRig.Provider("prettier") with { Kind = ProviderKind.Command, TaskTypes = [Tasks.AgentTaskType.Refactor] },
    ];

    public static IReadOnlyList<string> ErrorsOf(Action<ProviderRoutingOptions> configure, params ISelectionPolicy[] policies)
    {
        var options = new ProviderRoutingOptions { UseCatalogue = false };
        configure(options);
        try
        {
            _ = new ProviderRegistry(Providers.Select(descriptor => new StubProvider(descriptor)), options, policies: policies);
            return [];
        }
        catch (OptionsValidationException error)
        {
            return [.. error.Failures];
        }
    }

    public static string ErrorOf(Action<ProviderRoutingOptions> configure, params ISelectionPolicy[] policies) => Assert.Single(ErrorsOf(configure, policies));
}
