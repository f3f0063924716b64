using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Json;
using Orchestrator.Providers;
using Orchestrator.Routing.Catalogue;
using Orchestrator.Testing;

namespace Orchestrator.Routing.Tests.DependencyInjection;

public sealed partial class DocumentationTests
{
    private static readonly string Page = File.ReadAllText(RepositoryRoot.Combine("docs", "routing.md")).ReplaceLineEndings("\n");

    [Fact]
    public void The_configuration_that_the_documentation_shows_is_right_and_has_every_section()
    {
        var start = Page.IndexOf("```json\n", StringComparison.Ordinal) + "```json\n".Length;
        var json = Page[start..Page.IndexOf("```", start, StringComparison.Ordinal)];
        var root = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        var services = new ServiceCollection();
        services.AddProviderRouting(root.GetSection("routing"))
            .AddProvider(ProviderCatalog.Codex.Descriptor)
            .AddProvider(ProviderCatalog.Claude.Descriptor)
            .AddProvider(ProviderCatalog.Jules.Descriptor);
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptionsMonitor<ProviderRoutingOptions>>().CurrentValue;

        Assert.Equal(["claude", "codex", "jules"], provider.GetRequiredService<IProviderRegistry>().Providers.Select(known => known.Name));
        Assert.Equal((2, 1, 3), (options.Rules.Count, options.Experiments.Count, options.Budgets.Count));
        Assert.All(
            ["providers", "rules", "experiments", "budgets", "sticky", "breaker", "activeHealth", "learning", "attempts"],
            section => Assert.True(root.GetSection("routing:" + section).Exists(), $"There is no section {section}."));
    }

    [Fact]
    public void The_documentation_tells_of_every_reason_failure_and_policy()
    {
        var names = Enum.GetValues<RejectionReason>().Where(reason => reason != RejectionReason.None).Select(reason => reason.ToName())
            .Concat(Enum.GetValues<FailureClass>().Select(failure => failure.ToName()))
            .Concat(RoutingPolicies.All);

        Assert.All(names, name => Assert.Contains($"`{name}`", Page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_tests_that_the_documentation_names_are_there()
    {
        var tests = typeof(DocumentationTests).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Select(method => method.Name).ToHashSet(StringComparer.Ordinal);
        var named = TestName().Matches(Page).Select(match => match.Groups[1].Value).ToList();

        Assert.True(named.Count >= 17, $"Only {named.Count} tests are named.");
        Assert.Subset(tests, named.ToHashSet(StringComparer.Ordinal));
    }

    [GeneratedRegex("`([A-Z][A-Za-z0-9]*_[A-Za-z0-9_]+)`")]
    private static partial Regex TestName();
}
