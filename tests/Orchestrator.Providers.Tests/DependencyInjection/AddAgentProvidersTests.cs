using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Providers.Cli;
using Orchestrator.Providers.Command;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.DependencyInjection;

public sealed class AddAgentProvidersTests
{
    [Fact]
    public void Providers_are_singletons_with_their_names_and_a_second_call_adds_none()
    {
        var services = new ServiceCollection();
        services.AddAgentProviders().AddCommand("fmt", options => options.Executable = "sh").AddCodex();
        services.AddAgentProviders().AddCommand("fmt", options => options.Arguments = ["-c", "true"]).AddCodex();
        using var provider = services.BuildServiceProvider();

        var providers = provider.GetServices<IAgentProvider>().ToList();

        Assert.Equal(["fmt", "codex"], providers.Select(one => one.Descriptor.Name));
        Assert.Equal(providers, provider.GetServices<IAgentProvider>());
        Assert.Single(provider.GetServices<ISecretProvider>());
        Assert.Equal(("sh", 2), (Options(provider).Executable, Options(provider).Arguments.Count));
    }

    [Fact]
    public void A_name_belongs_to_one_kind_of_provider()
    {
        var builder = new ServiceCollection().AddAgentProviders().AddCodex();

        var exception = Assert.Throws<ArgumentException>(() => builder.AddCommand("Codex", options => options.Executable = "sh"));

        Assert.Contains("taken by the codex provider", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => builder.AddCommand("not a name", options => options.Executable = "sh"));
    }

    [Fact]
    public void All_bad_settings_are_reported_at_once()
    {
        var services = new ServiceCollection();
        services.AddAgentProviders(options => (options.GitExecutable, options.MaxChangesBytes) = ("", 1))
            .AddCommand("fmt", options => (options.MaxOutputLines, options.PricePerTaskUsd) = (-1, -1))
            .AddCodex(options => (options.BaseUrl, options.ApiKeySecret, options.MaxTurns) = ("ftp://u:p@x", "no name", 0));
        using var provider = services.BuildServiceProvider();

        var exception = Assert.ThrowsAny<Exception>(() => provider.GetRequiredService<IStartupValidator>().Validate());

        var text = exception.ToString();
        Assert.All(
            new[] { "GitExecutable", "MaxChangesBytes", "Provider 'fmt': Executable", "MaxOutputLines", "PricePerTaskUsd", "BaseUrl", "ApiKeySecret", "MaxTurns" },
            name => Assert.Contains(name, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_agent_has_its_name_its_secret_and_its_tested_version()
    {
        var services = new ServiceCollection();
        services.AddAgentProviders().AddCodex().AddClaude().AddGemini().AddCopilot().AddCursor().AddOpenCode().AddClaude(name: "night");
        using var provider = services.BuildServiceProvider();

        var descriptors = provider.GetServices<IAgentProvider>().Select(one => one.Descriptor).ToList();

        Assert.Equal(
            [("codex", "CODEX_API_KEY"), ("claude", "CLAUDE_API_KEY"), ("gemini", "GEMINI_API_KEY"), ("copilot", "COPILOT_GITHUB_TOKEN"), ("cursor", "CURSOR_API_KEY"), ("opencode", "OPENCODE_API_KEY"), ("night", "CLAUDE_API_KEY")],
            descriptors.Select(descriptor => (descriptor.Name, Assert.Single(descriptor.SecretNames))));
        Assert.All(descriptors, descriptor => Assert.Equal(ProviderKind.AgentCli, descriptor.Kind));
        Assert.Equal(descriptors.Count, descriptors.Count(descriptor => descriptor.Capabilities.Contains(ProviderCapabilities.Instructions)));
        Assert.Equal("cursor", Assert.Single(new[] { "codex", "claude", "gemini", "copilot", "cursor", "opencode" }, kind => AgentCliProfiles.Find(kind)!.Tested is null));
    }

    [Fact]
    public void An_address_is_refused_where_it_could_do_nothing_or_get_the_wrong_key()
    {
        var services = new ServiceCollection();
        services.AddAgentProviders()
            .AddCursor(options => options.BaseUrl = "http://gateway.invalid")
            .AddCopilot(options => options.BaseUrl = "http://gateway.invalid")
            .AddCopilot(options => (options.BaseUrl, options.ApiKeySecret, options.Model) = ("http://gateway.invalid", "GATEWAY_KEY", "m"), "copilot-gateway")
            .AddClaude(options => options.BaseUrl = "http://gateway.invalid");
        using var provider = services.BuildServiceProvider();

        var text = Assert.ThrowsAny<Exception>(() => provider.GetRequiredService<IStartupValidator>().Validate()).ToString();

        Assert.Contains("Provider 'cursor': BaseUrl cannot be set", text, StringComparison.Ordinal);
        Assert.Contains("Provider 'copilot': ApiKeySecret must name the key of the address", text, StringComparison.Ordinal);
        Assert.DoesNotContain("'copilot-gateway'", text, StringComparison.Ordinal);
        Assert.DoesNotContain("'claude'", text, StringComparison.Ordinal);
    }

    private static CommandProviderOptions Options(ServiceProvider provider) => provider.GetRequiredService<IOptionsMonitor<CommandProviderOptions>>().Get("fmt");
}
