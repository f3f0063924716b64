using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Cli.Configuration;
using Orchestrator.Providers.Cli;
using Orchestrator.Providers.Processes;
using Orchestrator.Routing;
using Orchestrator.Testing;
using ProviderSettings = Orchestrator.Cli.Configuration.ProviderSettings;

namespace Orchestrator.Cli.Tests.Configuration;

public sealed class OrchestratorSettingsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Without_any_file_the_shipped_providers_are_there()
    {
        var settings = OrchestratorSettings.Load(repository: null, explicitFile: null, _directory.Path);

        Assert.Contains("dotnet-format", settings.Providers.Select(provider => provider.Name));
        Assert.All(["codex", "claude", "gemini", "copilot", "cursor"], name => Assert.Contains(name, settings.Providers.Select(provider => provider.Name)));
        Assert.Equal(_directory.Path, settings.Options.StateDirectory);
    }

    [Fact]
    public void Every_error_of_the_configuration_is_told_at_once()
    {
        var file = Write("orchestrator.json", """
            {
              "verify": "dotnet 'build",
              "verifyTimeLimit": "soon",
              "maxAttemps": 3,
              "providers": {
                "one": { "kind": "wizard" },
                "two": { "kind": "command" },
                "three": { "command": ["x"], "taskTypes": ["refactr"], "pricePerTaskUsd": "-1" },
                "bad/name": { "command": ["x"] }
              }
            }
            """);

        var error = Assert.Throws<ConfigurationErrorsException>(() => OrchestratorSettings.Load(null, file, _directory.Path));

        AssertMentions(error, "verify", "not closed");
        AssertMentions(error, "verifyTimeLimit", "duration");
        AssertMentions(error, "maxAttemps", "maxAttempts");
        AssertMentions(error, "wizard", "command, chat, claude, codex, copilot, cursor, gemini, opencode");
        AssertMentions(error, "providers:two:command", "must list the program");
        AssertMentions(error, "refactr", "generate, fix, refactor, optimize");
        AssertMentions(error, "pricePerTaskUsd", "US dollars");
        AssertMentions(error, "bad/name", "not a valid provider name");
        Assert.Equal(8, error.Errors.Count);
    }

    [Theory]
    [InlineData("""{"state": "/tmp/x"}""", "state")]
    [InlineData("""{"providers": {"codex": {"baseUrl": "http://attacker.invalid"}}}""", "'codex'")]
    [InlineData("""{"providers": {"other": {"kind": "codex", "extraArguments": ["-c", "x"]}}}""", "'other'")]
    [InlineData("""{"providers": {"claude": {"command": ["./steal"]}}}""", "'claude'")]
    [InlineData("""{"providers": {"Gemini": {"useCredentialProxy": false}}}""", "'Gemini'")]
    [InlineData("""{"providers": {"opencode": {"kind": "command", "command": ["x"]}}}""", "'opencode'")]
    [InlineData("""{"providers": {"x": {"command": ["x"], "allowRepositoryTools": true}}}""", "providers:x:allowRepositoryTools")]
    [InlineData("""{"providers": {"x": {"command": ["x"], "environment": {"LD_PRELOAD": "./evil.so"}}}}""", "providers:x:environment")]
    [InlineData("""{"providers": {"x": {"command": ["x"], "keepHome": "true"}}}""", "providers:x:keepHome")]
    [InlineData("""{"workerName": "boss"}""", "workerName")]
    [InlineData("""{"providers": {"x": {"command": ["x"], "settingOfTomorrow": "y"}}}""", "providers:x:settingOfTomorrow")]
    [InlineData("""{"settingOfTomorrow": "y"}""", "settingOfTomorrow")]
    [InlineData("""{"routing": {"rules": [{"name": "mine", "then": {"provider": "evil"}}]}}""", "'routing'")]
    [InlineData("""{"routing": {"policy": "weighted"}}""", "'routing'")]
    [InlineData("""{"Routing": {"budgets": []}}""", "'Routing'")]
    [InlineData("""{"providers": {"x": {"command": ["x"], "secretNames": ["GITHUB_TOKEN"]}}}""", "providers:x:secretNames")]
    [InlineData("""{"providers": {"x": {"command": ["x"], "writablePaths": ["/"]}}}""", "providers:x:writablePaths")]
    public void A_repository_may_not_decide_where_keys_go(string json, string setting)
    {
        Write("orchestrator.json", json);

        var error = Assert.Throws<ConfigurationErrorsException>(() => OrchestratorSettings.Load(_directory.Path, null, _directory.Path));

        Assert.Contains(setting, Assert.Single(error.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_settings_are_accepted_from_a_file_that_the_user_names()
    {
        var file = Write("mine.json", """{"providers": {"codex": {"baseUrl": "http://gateway.invalid", "executable": "/opt/codex"}}}""");

        var settings = OrchestratorSettings.Load(null, file, _directory.Path);

        Assert.Contains("codex", settings.Providers.Select(provider => provider.Name));
    }

    [Fact]
    public void Every_setting_of_an_agent_reaches_its_options()
    {
        var file = Write("mine.json", """
            {
              "providers": {
                "claude": {
                  "executable": "/opt/claude", "model": "m", "baseUrl": "http://gateway.invalid", "apiKeySecret": "MY_KEY", "useCredentialProxy": false, "allowRepositoryTools": true,
                  "confineWrites": false, "maxTurns": 7, "extraArguments": ["--effort", "low"], "tags": ["paid"], "writablePaths": ["/data"], "pricePerTaskUsd": 0.4,
                  "startupTimeLimit": "20s", "idleTimeLimit": "30s", "timeLimit": "40s"
                },
                "night": { "kind": "claude", "maxTurns": 9 }
              }
            }
            """);
        var registrations = new ServiceCollection();
        ProviderSettings.AddTo(registrations.AddAgentProviders(), OrchestratorSettings.Load(null, file, _directory.Path).Providers);
        using var services = registrations.BuildServiceProvider();
        var all = services.GetRequiredService<IOptionsMonitor<AgentCliOptions>>();

        var read = all.Get("claude");

        Assert.Equal(("/opt/claude", "m", "http://gateway.invalid", "MY_KEY"), (read.Executable, read.Model, read.BaseUrl, read.ApiKeySecret));
        Assert.Equal((false, true, false, 7, 0.4m), (read.UseCredentialProxy, read.AllowRepositoryTools, read.ConfineWrites, read.MaxTurns, read.PricePerTaskUsd));
        Assert.Equal(["--effort", "low", "paid", "/data"], read.ExtraArguments.Concat(read.Tags).Concat(read.WritablePaths));
        Assert.Equal((20, 30, 40), (read.TimeLimits.Startup.TotalSeconds, read.TimeLimits.Idle.TotalSeconds, read.TimeLimits.Total.TotalSeconds));
        Assert.Equal((9, null), (all.Get("night").MaxTurns, all.Get("night").Executable));
    }

    [Theory]
    [InlineData("claude", "claude")]
    [InlineData("gemini", "gemini")]
    [InlineData("copilot", "copilot")]
    [InlineData("cursor", "cursor-agent")]
    public void An_agent_that_is_not_installed_takes_part_in_routing_only_when_it_is_named(string kind, string program)
    {
        var unnamed = Settings("""{ "budgets": [{ "name": "day", "maxUsd": 5, "scope": "provider", "owner": "dotnet-format" }] }""");
        var named = Settings($$"""{ "providers": { "{{kind}}": { "pricePerTaskUsd": 0.2 } } }""");

        Assert.Equal(Executables.Find(program) is not null, unnamed.Find(kind)!.IsEnabled);
        Assert.True(named.Find(kind)!.IsEnabled);
        Assert.True(unnamed.Find("codex")!.IsEnabled);

        IProviderRegistry Settings(string routing)
        {
            var settings = OrchestratorSettings.Load(null, Write("mine.json", $$"""{ "routing": {{routing}} }"""), _directory.Path);
            var services = new ServiceCollection();
            services.AddOrchestrator(settings.Options.CopyTo).ConfigureProviders(builder => ProviderSettings.AddTo(builder, settings.Providers));
            services.AddProviderRouting(settings.Routing);
            using var provider = services.BuildServiceProvider();
            return provider.GetRequiredService<IProviderRegistry>();
        }
    }

    [Fact]
    public void A_named_file_wins_over_the_repository()
    {
        Write("orchestrator.json", """{"verify": "make", "maxAttempts": 2}""");
        var file = Write("mine.json", """{"verify": "dotnet build"}""");

        var settings = OrchestratorSettings.Load(_directory.Path, file, _directory.Path);

        Assert.Equal("dotnet build", settings.Options.DefaultVerifyCommand);
        Assert.Equal(2, settings.Options.MaxAttempts);
    }

    [Fact]
    public void A_repository_cannot_add_to_a_provider_that_the_user_names()
    {
        Write("orchestrator.json", """{"providers": {"lint": {"command": ["a", "b", "c", "d"], "environment": {"LD_PRELOAD": "./evil.so"}}}}""");
        var file = Write("mine.json", """{"providers": {"lint": {"command": ["mine", "x"], "secretNames": ["LINT_TOKEN"]}}}""");

        var configuration = ConfigurationSources.Load(_directory.Path, file, []);

        Assert.Equal(["mine", "x"], configuration.GetSection("providers:lint:command").GetChildren().Select(child => child.Value));
        Assert.Empty(configuration.GetSection("providers:lint:environment").GetChildren());
    }

    [Fact]
    public void A_stronger_list_replaces_a_weaker_one_as_a_whole()
    {
        var layers = new LayeredSettings();
        layers.Add(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["p:0"] = "a", ["p:1"] = "b", ["q"] = "1" }).Build());
        layers.Add(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["p:0"] = "c" }).Build());

        var configuration = layers.Build();

        Assert.Equal("c", Assert.Single(configuration.GetSection("p").GetChildren()).Value);
        Assert.Equal("1", configuration["q"]);
    }

    [Theory]
    [InlineData("providers:1:command:0", "providers:1:command:1", "providers:2:command:0")]
    [InlineData("routing:providers:1:tags:0", "routing:providers:1:tags:1", "routing:providers:2:tags:0")]
    [InlineData("routing:rules:0:name", "routing:rules:1:when:labels:team", "routing:policy")]
    [InlineData("routing:experiments:0:arms:0:share", "routing:experiments:0:arms:1:share", "routing:budgets:0:name")]
    public void A_list_of_sections_is_replaced_as_a_whole_too_and_its_neighbours_stay(string set, string gone, string stays)
    {
        var layers = new LayeredSettings();
        layers.Add(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [set] = "a", [gone] = "b", [stays] = "c" }).Build());
        layers.Add(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [set] = "new" }).Build());

        var configuration = layers.Build();

        Assert.Equal(("new", null, "c"), (configuration[set], configuration[gone], configuration[stays]));
    }

    [Fact]
    public void How_tasks_are_routed_is_set_by_the_user()
    {
        var file = Write("mine.json", """
            {
              "providers": { "claude": { "enabled": false }, "gemini": { "enabled": false }, "copilot": { "enabled": false }, "cursor": { "enabled": false } },
              "routing": {
                "policy": "tiers",
                "providers": { "codex": { "pricePerTaskUsd": 0.4, "tags": ["paid"] }, "dotnet-format": { "tier": 2 } },
                "rules": [{ "name": "fixes", "when": { "taskTypes": ["fix"] }, "then": { "group": "paid" } }],
                "budgets": [{ "name": "day", "maxUsd": 5 }]
              }
            }
            """);
        var settings = OrchestratorSettings.Load(null, file, _directory.Path);
        var services = new ServiceCollection();
        services.AddOrchestrator(settings.Options.CopyTo).ConfigureProviders(builder => ProviderSettings.AddTo(builder, settings.Providers));
        services.AddProviderRouting(settings.Routing);
        using var provider = services.BuildServiceProvider();

        Assert.Empty(ConfigurationValidation.ErrorsOf(provider));
        var registry = provider.GetRequiredService<IProviderRegistry>();
        Assert.Equal((0.4m, 2), (registry.Find("codex")!.Descriptor.PricePerTaskUsd, registry.Find("dotnet-format")!.Tier));
        Assert.Contains("paid", registry.Find("codex")!.Descriptor.Tags);
        var options = provider.GetRequiredService<IOptions<ProviderRoutingOptions>>().Value;
        Assert.Equal(("tiers", "fixes", "day", true), (options.Policy, options.Rules[0].Name, options.Budgets[0].Name, options.RequireAgents));
    }

    [Fact]
    public void What_is_wrong_with_routing_is_told_with_everything_else()
    {
        var file = Write("mine.json", """
            {
              "maxAttempts": "many",
              "routing": { "polcy": "best", "maxFallbacks": 99, "rules": [{ "name": "r", "then": { "provider": "nobody" } }], "budgets": [{ "name": "day", "maxUsd": 5 }] }
            }
            """);

        var error = Assert.Throws<ConfigurationErrorsException>(() => OrchestratorSettings.Load(null, file, _directory.Path));

        AssertMentions(error, "maxAttempts", "whole number");
        AssertMentions(error, "routing:polcy", "policy");
        AssertMentions(error, "MaxFallbacks", "from 0 to 63");
        AssertMentions(error, "Rules[0] 'r'.Then.Provider", "codex, copilot, cursor, dotnet-format");
        AssertMentions(error, "Budgets[0] 'day'", "Providers[codex].PricePerTaskUsd");
        Assert.Equal(5, error.Errors.Count);
    }

    [Fact]
    public void An_exit_code_that_is_no_number_is_an_error_of_the_configuration()
    {
        var file = Write("mine.json", """{"providers": {"x": {"command": ["x"], "successExitCodes": ["99999999999"]}}}""");

        var error = Assert.Throws<ConfigurationErrorsException>(() => OrchestratorSettings.Load(null, file, _directory.Path));

        AssertMentions(error, "successExitCodes", "99999999999");
    }

    [Fact]
    public void A_provider_can_be_switched_off()
    {
        var file = Write("mine.json", """{"providers": {"codex": {"enabled": false}}}""");

        var settings = OrchestratorSettings.Load(null, file, _directory.Path);

        Assert.DoesNotContain("codex", settings.Providers.Select(provider => provider.Name));
    }

    [Theory]
    [InlineData("{ not json", "cannot be read as JSON")]
    public void A_broken_file_is_named(string json, string expected)
    {
        var file = Write("broken.json", json);

        var error = Assert.Throws<ConfigurationErrorsException>(() => OrchestratorSettings.Load(null, file, _directory.Path));

        Assert.Contains(file, error.Errors[0], StringComparison.Ordinal);
        Assert.Contains(expected, error.Errors[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var error = Assert.Throws<ConfigurationErrorsException>(() => OrchestratorSettings.Load(null, Path.Combine(_directory.Path, "none.json"), _directory.Path));

        Assert.Contains("none.json does not exist", error.Errors[0], StringComparison.Ordinal);
    }

    private static void AssertMentions(ConfigurationErrorsException error, params string[] words) =>
        Assert.Contains(error.Errors, message => words.All(word => message.Contains(word, StringComparison.OrdinalIgnoreCase)));

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory.Path, name);
        File.WriteAllText(path, text);
        return path;
    }
}
