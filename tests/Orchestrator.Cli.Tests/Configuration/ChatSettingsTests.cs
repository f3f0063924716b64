using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Cli.Configuration;
using Orchestrator.Providers.Chat;
using Orchestrator.Tasks;
using Orchestrator.Testing;
using ProviderSettings = Orchestrator.Cli.Configuration.ProviderSettings;

namespace Orchestrator.Cli.Tests.Configuration;

public sealed class ChatSettingsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Every_setting_of_a_chat_agent_reaches_its_options()
    {
        using var services = Services("""
            { "providers": { "local": {
                "kind": "chat", "baseUrl": "http://localhost:11434/v1", "model": "qwen", "apiKeySecret": "LOCAL_KEY", "models": [{ "name": "qwen", "inputUsd": 1, "outputUsd": 2 }],
                "description": "Mine", "instructions": "Be brief.", "instructionFiles": ["RULES.md"], "taskTypes": ["fix"], "tags": ["local"], "pricePerTaskUsd": 0.1, "temperature": 0.5,
                "allowedCommands": ["dotnet build", "dotnet test *"], "commandTimeLimit": "2m", "confineWrites": false, "writablePaths": ["/data"], "keepHome": false,
                "maxTurns": 9, "maxTokens": 5000000000, "maxCostUsd": 3, "maxOutputTokens": 100, "requestRetries": 4, "idleTimeLimit": "30s", "timeLimit": "40s" } } }
            """);

        var read = services.GetRequiredService<IOptionsMonitor<ChatAgentOptions>>().Get("local");

        Assert.Equal(("qwen", "LOCAL_KEY", "qwen", 2m), (read.Model, read.SecretNames.Single(), read.Models.Single().Name, read.Models.Single().Prices.OutputUsd));
        Assert.Equal(("Mine", "Be brief.", "RULES.md", AgentTaskType.Fix, "local"), (read.Description, read.Instructions, read.InstructionFiles.Single(), read.TaskTypes.Single(), read.Tags.Single()));
        Assert.Equal((0.1m, 0.5f, false, "/data", false), (read.PricePerTaskUsd, read.Temperature, read.ConfineWrites, read.WritablePaths.Single(), read.KeepHome));
        Assert.Equal(["dotnet build", "dotnet test *"], read.AllowedCommands);
        Assert.Equal((9, 5_000_000_000L, 3m, 100, 4), (read.MaxTurns, read.MaxTokens, read.MaxCostUsd, read.MaxOutputTokens, read.RequestRetries));
        Assert.Equal((120, 30, 40), (read.CommandTimeLimit.TotalSeconds, read.TimeLimits.Idle.TotalSeconds, read.TimeLimits.Total.TotalSeconds));
        var client = (ChatClientMetadata)services.GetRequiredKeyedService<IChatClient>("local").GetService(typeof(ChatClientMetadata))!;
        Assert.Equal(("http://localhost:11434/v1", "qwen"), (client.ProviderUri!.ToString(), client.DefaultModelId));
    }

    [Theory]
    [InlineData("""{ "kind": "chat", "model": "m" }""", "providers:local:baseUrl must be the http or https address")]
    [InlineData("""{ "kind": "chat", "model": "m", "baseUrl": "https://me:hunter2@models.invalid/v1" }""", "providers:local:baseUrl must be the http or https address")]
    [InlineData("""{ "kind": "chat", "model": "m", "baseUrl": "ftp://models.invalid" }""", "providers:local:baseUrl must be the http or https address")]
    [InlineData("""{ "kind": "chat", "baseUrl": "http://models.invalid" }""", "providers:local:model must name the model")]
    [InlineData("""{ "kind": "chat", "baseUrl": "http://models.invalid", "model": "m", "apiKeySecret": "hunter2 is no name" }""", "providers:local:apiKeySecret must be the name of a secret")]
    [InlineData("""{ "kind": "chat", "baseUrl": "http://models.invalid", "model": "m", "apiKeySecret": "sk-ant-api03-hunter2-0123456789-0123456789-0123456789" }""", "providers:local:apiKeySecret must be the name of a secret")]
    [InlineData("""{ "kind": "chat", "baseUrl": "http://models.invalid", "model": "m", "timeLimit": "60d" }""", "providers:local:timeLimit")]
    [InlineData("""{ "kind": "chat", "baseUrl": "http://models.invalid", "model": "m", "executable": "x" }""", "providers:local:executable is not a setting")]
    public void What_is_wrong_is_told_with_its_place_and_without_its_value(string json, string expected)
    {
        var error = Assert.Throws<ConfigurationErrorsException>(() => Services($$"""{ "providers": { "local": {{json}} } }"""));

        Assert.StartsWith(expected, Assert.Single(error.Errors), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_that_cannot_be_read_and_a_limit_out_of_range_are_told_with_the_rest()
    {
        using var services = Services("""{ "providers": { "local": { "kind": "chat", "baseUrl": "http://models.invalid", "model": "m", "maxTurns": 0, "allowedCommands": ["dotnet 'build"] } } }""");

        var errors = ConfigurationValidation.ErrorsOf(services);

        Assert.Contains(errors, error => error.Contains("MaxTurns", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("AllowedCommands", StringComparison.Ordinal));
    }

    [Fact]
    public void A_repository_may_not_add_one()
    {
        _directory.Write("orchestrator.json", """{ "providers": { "local": { "kind": "chat", "baseUrl": "http://attacker.invalid", "model": "m", "apiKeySecret": "OPENAI_API_KEY" } } }""");

        var error = Assert.Throws<ConfigurationErrorsException>(() => OrchestratorSettings.Load(_directory.Path, null, _directory.Path));

        Assert.Contains("'local'", Assert.Single(error.Errors), StringComparison.Ordinal);
    }

    private ServiceProvider Services(string json)
    {
        var settings = OrchestratorSettings.Load(null, _directory.Write("mine.json", json), _directory.Path);
        var services = new ServiceCollection();
        services.AddOrchestrator(settings.Options.CopyTo).ConfigureProviders(builder => ProviderSettings.AddTo(builder, settings.Providers));
        services.AddProviderRouting(settings.Routing);
        return services.BuildServiceProvider();
    }
}
