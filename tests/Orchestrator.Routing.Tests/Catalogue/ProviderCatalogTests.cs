using Orchestrator.Providers;
using Orchestrator.Routing.Catalogue;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Tests.Catalogue;

public sealed class ProviderCatalogTests
{
    [Fact]
    public void Every_well_known_agent_is_found_in_any_case_and_nobody_else()
    {
        Assert.Equal(["claude", "codex", "copilot", "cursor", "gemini", "jules"], ProviderCatalog.Entries.Select(entry => entry.Name));
        Assert.All(ProviderCatalog.Entries, entry => Assert.Same(entry, ProviderCatalog.Find(entry.Name.ToUpperInvariant())));
        Assert.Null(ProviderCatalog.Find("nobody"));
        Assert.Null(ProviderCatalog.Find(null));
    }

    [Fact]
    public void Every_entry_passes_the_checks_as_a_providers_own_word() =>
        Assert.Equal(6, new ProviderRegistry([], described: ProviderCatalog.Entries.Select(entry => entry.Descriptor)).Providers.Count);

    [Fact]
    public void Nobody_is_called_better_than_another_without_a_measurement() =>
        Assert.Single(ProviderCatalog.Entries.Select(entry => entry.SuccessRate).Distinct());

    [Fact]
    public void The_catalogue_fills_in_what_a_provider_does_not_say()
    {
        var jules = Register(new ProviderDescriptor { Name = "Jules", Kind = ProviderKind.Unknown });

        Assert.Equal((ProviderKind.RemoteService, TimeSpan.FromMinutes(20), 1), (jules.Descriptor.Kind, jules.TypicalDuration, jules.Tier));
        Assert.Equal([SourceKind.GitHub], jules.Descriptor.Sources);
        Assert.Contains(ProviderCapabilities.PlanApproval, jules.Descriptor.Capabilities);
        Assert.Contains("remote", jules.Descriptor.Tags);
        Assert.Equal((3, 15), (jules.Descriptor.Limits.Concurrent, jules.Descriptor.Limits.RequestsPerDay));
    }

    [Fact]
    public void What_a_provider_says_itself_wins_over_the_catalogue()
    {
        var own = new ProviderDescriptor
        {
            Name = "jules",
            Kind = ProviderKind.ChatClient,
            Description = "mine",
            Sources = [SourceKind.Local, SourceKind.GitHub],
            Capabilities = ["edit"],
            Tags = ["own"],
            Limits = new ProviderLimits { RequestsPerDay = 100 },
        };

        var descriptor = Register(own).Descriptor;

        Assert.Equal(own with { Limits = new ProviderLimits { RequestsPerDay = 100, Concurrent = 3 } }, descriptor);
    }

    [Fact]
    public void What_a_host_sets_wins_over_everything()
    {
        var jules = Register(
            new ProviderDescriptor { Name = "jules", Kind = ProviderKind.RemoteService },
            options => options.Providers["JULES"] = new() { Sources = [SourceKind.Local], RequestsPerDay = 300, TypicalDuration = TimeSpan.FromMinutes(1), SuccessRate = 0.5, Tier = 0, Capabilities = [] });

        Assert.Equal([SourceKind.Local], jules.Descriptor.Sources);
        Assert.Empty(jules.Descriptor.Capabilities);
        Assert.Equal((300, TimeSpan.FromMinutes(1), 0.5, 0), (jules.Descriptor.Limits.RequestsPerDay, jules.TypicalDuration, jules.SuccessRate, jules.Tier));
    }

    [Fact]
    public void Without_the_catalogue_a_name_says_nothing()
    {
        var own = new ProviderDescriptor { Name = "jules", Kind = ProviderKind.RemoteService };

        Assert.Equal(own, Register(own, options => options.UseCatalogue = false).Descriptor);
    }

    [Fact]
    public void Jules_is_offered_only_branches_of_GitHub()
    {
        var router = new ProviderRouter(new ProviderRegistry([], described: [ProviderCatalog.Jules.Descriptor]));
        var task = RouterRig.NewTask();

        Assert.Contains("serves github", router.Route(task).Rejection!.Message, StringComparison.Ordinal);
        Assert.Equal("jules", router.Route(task with { Source = new GitHubSource { Owner = "acme", Repository = "shop", Branch = "main" } }).Provider);
    }

    private static RegisteredProvider Register(ProviderDescriptor descriptor, Action<ProviderRoutingOptions>? configure = null)
    {
        var options = new ProviderRoutingOptions();
        configure?.Invoke(options);
        return new ProviderRegistry([new StubProvider(descriptor)], options).Providers[0];
    }
}
