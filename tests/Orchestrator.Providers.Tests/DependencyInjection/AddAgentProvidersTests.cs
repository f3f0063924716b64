using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
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
            .AddCodex(options => (options.BaseUrl, options.ApiKeySecret) = ("ftp://u:p@x", "no name"));
        using var provider = services.BuildServiceProvider();

        var exception = Assert.ThrowsAny<Exception>(() => provider.GetRequiredService<IStartupValidator>().Validate());

        var text = exception.ToString();
        Assert.All(
            new[] { "GitExecutable", "MaxChangesBytes", "Provider 'fmt': Executable", "MaxOutputLines", "PricePerTaskUsd", "BaseUrl", "ApiKeySecret" },
            name => Assert.Contains(name, text, StringComparison.Ordinal));
    }

    private static CommandProviderOptions Options(ServiceProvider provider) => provider.GetRequiredService<IOptionsMonitor<CommandProviderOptions>>().Get("fmt");
}
