using Microsoft.Extensions.Configuration;
using Orchestrator.Cli.Configuration;
using Orchestrator.Testing;

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
        Assert.Contains("codex", settings.Providers.Select(provider => provider.Name));
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
        AssertMentions(error, "wizard", "command, codex");
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
    [InlineData("""{"providers": {"x": {"command": ["x"], "environment": {"LD_PRELOAD": "./evil.so"}}}}""", "providers:x:environment")]
    [InlineData("""{"providers": {"x": {"command": ["x"], "keepHome": "true"}}}""", "providers:x:keepHome")]
    [InlineData("""{"workerName": "boss"}""", "workerName")]
    [InlineData("""{"providers": {"x": {"command": ["x"], "settingOfTomorrow": "y"}}}""", "providers:x:settingOfTomorrow")]
    [InlineData("""{"settingOfTomorrow": "y"}""", "settingOfTomorrow")]
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
