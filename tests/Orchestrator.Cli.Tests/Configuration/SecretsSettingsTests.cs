using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Configuration;
using Orchestrator.Secrets;
using Orchestrator.Testing;

namespace Orchestrator.Cli.Tests.Configuration;

[UnsupportedOSPlatform("windows")]
public sealed class SecretsSettingsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_file_and_a_directory_that_the_user_names_are_asked_for_secrets()
    {
        var file = _directory.Write("secrets.env", "SETTINGS_TEST_ONE=first\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.CreateDirectory(_directory.Combine("mounted"));
        File.WriteAllText(_directory.Combine("mounted", "SETTINGS_TEST_TWO"), "second\n");
        var settings = Load($$"""{ "secrets": { "file": "{{file}}", "directory": "{{_directory.Combine("mounted")}}" } }""");
        var services = new ServiceCollection();
        settings.Secrets.AddTo(services.AddAgentProviders());
        await using var built = services.BuildServiceProvider();
        var secrets = built.GetRequiredService<SecretResolver>();

        Assert.Equal("first", (await secrets.FindAsync("SETTINGS_TEST_ONE", TestContext.Current.CancellationToken))?.Reveal());
        Assert.Equal("second", (await secrets.FindAsync("SETTINGS_TEST_TWO", TestContext.Current.CancellationToken))?.Reveal());
    }

    [Theory]
    [InlineData("""{ "secrets": { "file": "secrets.env" } }""", "secrets:file: it must be an absolute path, or begin with ~/.")]
    [InlineData("""{ "secrets": { "directory": "./run" } }""", "secrets:directory: it must be an absolute path, or begin with ~/.")]
    [InlineData("""{ "secrets": { "userSecrets": "../../other" } }""", "secrets:userSecrets: it must be the id that `dotnet user-secrets` was given.")]
    [InlineData("""{ "secrets": { "CODEX_API_KEY": "sk-in-the-wrong-place" } }""", "secrets:CODEX_API_KEY is not a setting; known here: directory, file, userSecrets.")]
    public void What_is_wrong_is_told_and_no_value_is_shown(string json, string expected)
    {
        var error = Assert.Throws<ConfigurationErrorsException>(() => Load(json));

        Assert.Equal(expected, Assert.Single(error.Errors));
    }

    [Theory]
    [InlineData("""{ "secrets": { "file": "/tmp/evil.env" } }""")]
    [InlineData("""{ "Secrets": { "directory": "/proc/self" } }""")]
    [InlineData("""{ "secrets": { "userSecrets": "other" } }""")]
    public void A_repository_may_not_say_where_secrets_are(string json)
    {
        _directory.Write("orchestrator.json", json);

        var error = Assert.Throws<ConfigurationErrorsException>(() => OrchestratorSettings.Load(_directory.Path, null, _directory.Path));

        Assert.Contains("sets 'secrets'", Assert.Single(error.Errors), StringComparison.OrdinalIgnoreCase);
    }

    private OrchestratorSettings Load(string json) => OrchestratorSettings.Load(null, _directory.Write("mine.json", json), _directory.Path);
}
