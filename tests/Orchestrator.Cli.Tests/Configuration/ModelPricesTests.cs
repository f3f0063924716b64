using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Cli.Configuration;
using Orchestrator.Providers.Cli;
using Orchestrator.Routing;
using Orchestrator.Testing;
using ProviderSettings = Orchestrator.Cli.Configuration.ProviderSettings;

namespace Orchestrator.Cli.Tests.Configuration;

/// <summary>Prices of models have one place and reach both who needs them: the agent, which keeps a budget with them, and the router.</summary>
public sealed class ModelPricesTests : IDisposable
{
    private const string Models = """[{ "name": "large", "contextWindow": 200000, "inputUsd": 3, "cachedInputUsd": 0.3, "outputUsd": 15 }, { "name": "small", "inputUsd": 0, "outputUsd": 0 }]""";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("""{ "providers": { "codex": { "models": MODELS } } }""")]
    [InlineData("""{ "providers": { "codex": { "model": "large" } }, "routing": { "providers": { "Codex": { "models": MODELS } } } }""")]
    [InlineData("""{ "routing": { "providers": { "codex": { "models": MODELS } } } }""")]
    public void Prices_reach_the_agent_and_the_router_wherever_they_stand(string json)
    {
        using var services = Services(json.Replace("MODELS", Models, StringComparison.Ordinal));

        var agent = services.GetRequiredService<IOptionsMonitor<AgentCliOptions>>().Get("codex").Models;
        Assert.Equal(["large", "small"], agent.Select(model => model.Name));
        Assert.Equal((200_000L, 3m, 0.3m, 3m, 15m), (agent[0].ContextWindow, agent[0].Prices.InputUsd, agent[0].Prices.CachedInputUsd, agent[0].Prices.CacheWriteUsd, agent[0].Prices.OutputUsd));
        Assert.Equal(agent, services.GetRequiredService<IProviderRegistry>().Find("codex")!.Descriptor.Models);
    }

    [Fact]
    public void A_model_without_a_price_under_routing_is_none_that_the_agent_would_take_for_free()
    {
        using var services = Services("""{ "routing": { "providers": { "codex": { "models": [{ "name": "large", "contextWindow": 1000 }] } } } }""");

        Assert.Empty(services.GetRequiredService<IOptionsMonitor<AgentCliOptions>>().Get("codex").Models);
    }

    [Fact]
    public void Prices_in_both_places_are_an_error_that_says_which_to_take_away()
    {
        var error = Errors($$"""{ "providers": { "codex": { "models": {{Models}} } }, "routing": { "providers": { "codex": { "models": {{Models}} } } } }""");

        Assert.Equal("providers:codex:models: prices have one place: take routing:providers:codex:models away.", Assert.Single(error));
    }

    [Fact]
    public void A_model_without_its_name_or_prices_is_an_error_that_names_the_place()
    {
        var errors = Errors("""{ "providers": { "codex": { "models": [{ "inputUsd": 1 }, { "name": "x", "outputUsd": -1, "inputUsd": "dear", "input": 2 }] } } }""");

        Assert.Contains(errors, error => error.StartsWith("providers:codex:models:0:name must name the model", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.StartsWith("providers:codex:models:0:outputUsd must be the price", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.StartsWith("providers:codex:models:1:inputUsd is 'dear'; it must be US dollars", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.StartsWith("providers:codex:models:1:outputUsd is '-1'; it must be US dollars", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.StartsWith("providers:codex:models:1:input is not a setting", StringComparison.Ordinal));
    }

    private IReadOnlyList<string> Errors(string json) => Assert.Throws<ConfigurationErrorsException>(() => OrchestratorSettings.Load(null, _directory.Write("mine.json", json), _directory.Path)).Errors;

    private ServiceProvider Services(string json)
    {
        var settings = OrchestratorSettings.Load(null, _directory.Write("mine.json", json), _directory.Path);
        var services = new ServiceCollection();
        services.AddOrchestrator(settings.Options.CopyTo).ConfigureProviders(builder => ProviderSettings.AddTo(builder, settings.Providers));
        services.AddProviderRouting(settings.Routing);
        return services.BuildServiceProvider();
    }
}
