using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Orchestrator.Providers.Cli;

public sealed class AgentCliOptionsValidatorTests
{
    [Fact]
    public void A_limit_of_turns_is_refused_where_nothing_would_keep_it()
    {
        var text = Errors(static builder => builder
            .AddCodex(static options => options.MaxTurns = 5)
            .AddCopilot(static options => options.MaxTurns = 5)
            .AddCursor(static options => options.MaxTurns = 5)
            .AddOpenCode(static options => options.MaxTurns = 5)
            .AddClaude(static options => options.MaxTurns = 5)
            .AddGemini(static options => options.MaxTurns = 5));

        Assert.All(["codex", "copilot", "cursor", "opencode"], name => Assert.Contains($"Provider '{name}': MaxTurns cannot be set, since", text, StringComparison.Ordinal));
        Assert.Contains("leave it out", text, StringComparison.Ordinal);
        Assert.DoesNotContain("'claude'", text, StringComparison.Ordinal);
        Assert.DoesNotContain("'gemini'", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Copilot_with_an_address_needs_a_model()
    {
        var text = Errors(static builder => builder
            .AddCopilot(static options => (options.BaseUrl, options.ApiKeySecret) = ("http://gateway.invalid", "GATEWAY_KEY"), "without")
            .AddCopilot(static options => (options.BaseUrl, options.ApiKeySecret, options.Model) = ("http://gateway.invalid", "GATEWAY_KEY", "m"), "named")
            .AddCopilot(static options => (options.BaseUrl, options.ApiKeySecret, options.Models) = ("http://gateway.invalid", "GATEWAY_KEY", [new ModelDescriptor { Name = "m" }]), "listed")
            .AddCopilot(name: "of-GitHub"));

        Assert.Contains("Provider 'without': Model must name a model that the address in BaseUrl serves", text, StringComparison.Ordinal);
        Assert.All(["'named'", "'listed'", "'of-GitHub'"], name => Assert.DoesNotContain(name, text, StringComparison.Ordinal));
    }

    private static string Errors(Action<IAgentProvidersBuilder> configure)
    {
        var services = new ServiceCollection();
        configure(services.AddAgentProviders());
        using var provider = services.BuildServiceProvider();
        return Assert.ThrowsAny<Exception>(() => provider.GetRequiredService<IStartupValidator>().Validate()).ToString();
    }
}
