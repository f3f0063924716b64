using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Cli.Configuration;
using Orchestrator.Providers.Command;
using Orchestrator.Testing;

namespace Orchestrator.Cli.Tests.Configuration;

public sealed class CommandOutputSettingsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void An_agent_CLI_of_ones_own_needs_configuration_alone()
    {
        var settings = Load("""
            {
              "providers": {
                "mine": {
                  "command": ["my-agent", "--json"],
                  "instructionsOnInput": true,
                  "output": "json_lines",
                  "mapping": { "message": "/text when /type=text", "inputTokens": "/usage/in", "addUsage": true, "lastLine": "/type=end and /ok=true" }
                }
              }
            }
            """);
        var services = new ServiceCollection();
        settings.Providers.Single(provider => provider.Name == "mine").Register(services.AddAgentProviders(workspaces => workspaces.Directory = _directory.Path));
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptionsMonitor<CommandProviderOptions>>().Get("mine");

        Assert.Equal((true, CommandOutputFormat.JsonLines), (options.InstructionsOnInput, options.Output));
        Assert.Equal(("/text when /type=text", "/usage/in", true, "/type=end and /ok=true"), (options.Mapping.Message, options.Mapping.InputTokens, options.Mapping.AddUsage, options.Mapping.LastLine));
    }

    [Theory]
    [InlineData("""{ "command": ["x"], "output": "xml" }""", "json_lines")]
    [InlineData("""{ "command": ["x"], "output": "json_lines", "mapping": { "mesage": "/text" } }""", "'mesage' is not one of message")]
    [InlineData("""{ "command": ["x"], "output": "json_lines", "mapping": { "addUsage": "perhaps" } }""", "true or false")]
    public void What_is_misspelt_is_told(string provider, string expected)
    {
        var error = Assert.Throws<ConfigurationErrorsException>(() => Load($$"""{ "providers": { "mine": {{provider}} } }"""));

        Assert.Contains(error.Errors, message => message.Contains(expected, StringComparison.Ordinal));
    }

    private OrchestratorSettings Load(string json)
    {
        var file = _directory.Combine("orchestrator.json");
        File.WriteAllText(file, json);
        return OrchestratorSettings.Load(null, file, _directory.Path);
    }
}
