using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Orchestrator.EndToEnd.Kit;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd;

/// <summary>What only a configuration file says of an agent holds in a run: prices and the budget that they keep, a chat model as an agent, where keys are.</summary>
[Trait("Engine", "Agents")]
[UnsupportedOSPlatform("windows")]
public sealed class ConfiguredAgentsTests : IAsyncLifetime
{
    private const string Task = "Change line two of FILE={workspace}/hello.txt";
    private const string Key = "sk-marked-configured-key-0123456789abcdef";
    private const string Verify = "grep -q \"CHANGED BY AGENT\" hello.txt";

    private readonly CliRig _rig = new();
    private readonly GitRepository _repository = SampleRepositories.WithHello();
    private FakeModels? _models;

    private FakeModels Models => _models!;

    public async ValueTask InitializeAsync() => _models = await FakeModels.StartAsync(TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("providers")]
    [InlineData("routing")]
    public async Task Prices_in_the_configuration_make_max_cost_hold_in_the_proxy(string place)
    {
        var before = _repository.Tree();
        _rig.Environment["CODEX_API_KEY"] = Key;
        var prices = new JsonArray(new JsonObject { ["name"] = "gpt-5.1-codex", ["inputUsd"] = 1000, ["outputUsd"] = 0 });
        var codex = new JsonObject { ["executable"] = Engines.Require("codex"), ["model"] = "gpt-5.1-codex", ["baseUrl"] = Models.BaseUrl("edit"), ["apiKeySecret"] = "CODEX_API_KEY" };

        // Expected to be cheap, so that the router lets it begin; its first answer costs 1.23 USD.
        var routing = new JsonObject { ["typicalInputTokens"] = 10, ["typicalOutputTokens"] = 1 };
        (place == "providers" ? codex : Routed(routing))["models"] = prices;
        var config = Configure(new JsonObject { ["codex"] = codex }, routing);

        var result = await RunAsync(config, "--provider", "codex", "--max-cost", "1");

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Equal("budget", result.FailureClass);
        Assert.InRange(result.Report.GetProperty("cost_usd").GetDecimal(), 1.2m, 1.3m);
        Assert.Equal("", GitRepository.TreeDifference(before, _repository.Tree()));
        AssertKeyIsNowhere(result);

        static JsonObject Routed(JsonObject routing)
        {
            var settings = new JsonObject();
            routing["providers"] = new JsonObject { ["codex"] = settings };
            return settings;
        }
    }

    [Fact]
    public async Task A_chat_model_of_the_configuration_does_the_task_with_a_key_from_a_secrets_file()
    {
        var secrets = _rig.WriteSecrets($"MODEL_GATEWAY_KEY={Key}\n");
        var chat = Chat("edit");
        chat["models"] = new JsonArray(new JsonObject { ["name"] = "house-model", ["inputUsd"] = 1, ["outputUsd"] = 2 });
        chat["allowedCommands"] = new JsonArray("git status");
        var config = Configure(new JsonObject { ["house"] = chat }, secrets: new JsonObject { ["file"] = secrets });

        var result = await RunAsync(config, "--provider", "house");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(("verified", "house"), (result.Status, result.Report.GetProperty("provider").GetString()));
        Assert.Equal("line one\nline two CHANGED BY AGENT\nline three\n", _repository.Read("hello.txt"));
        Assert.Equal(4 * 56, result.Report.GetProperty("usage").GetProperty("output_tokens").GetInt64());
        Assert.Equal(4 * (1234 + (2 * 56)) / 1_000_000m, result.Report.GetProperty("cost_usd").GetDecimal());
        var kept = (await _rig.RunAsync("tasks", "executions", result.TaskId, "--events")).Lines;
        Assert.Equal("house", Assert.Single(kept, line => line.GetProperty("type").GetString() == "execution").GetProperty("execution").GetProperty("provider").GetString());
        var kinds = kept.Where(line => line.GetProperty("type").GetString() == "execution_event").Select(line => line.GetProperty("execution_event").GetProperty("event").GetProperty("kind").GetString()).ToList();
        Assert.Equal(("started", "completed", 3), (kinds[0], kinds[^1], kinds.Count(kind => kind == "tool_call")));
        Assert.Contains("house-model", Models.Log(), StringComparison.Ordinal);
        Assert.Contains(Key, Models.Log(), StringComparison.Ordinal);
        AssertKeyIsNowhere(result);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public async Task The_limits_of_a_chat_model_hold()
    {
        var chat = Chat("loop");
        chat["maxTurns"] = 2;
        var config = Configure(new JsonObject { ["house"] = chat }, secrets: new JsonObject { ["file"] = _rig.WriteSecrets($"MODEL_GATEWAY_KEY={Key}\n") });

        var result = await RunAsync(config, "--provider", "house");

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Equal("turn_limit", result.FailureClass);
        Assert.Equal(2 * 56, result.Report.GetProperty("usage").GetProperty("output_tokens").GetInt64());
    }

    [Fact]
    public async Task A_secrets_file_that_others_can_read_stops_the_run_with_the_command_that_mends_it()
    {
        var secrets = _rig.WriteSecrets($"MODEL_GATEWAY_KEY={Key}\n");
        File.SetUnixFileMode(secrets, File.GetUnixFileMode(secrets) | UnixFileMode.GroupRead);
        var config = Configure(new JsonObject { ["house"] = Chat("edit") }, secrets: new JsonObject { ["file"] = secrets });

        var result = await RunAsync(config, "--provider", "house");

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains($"chmod 600 '{secrets}'", result.FailureMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("chat/completions", Models.Log(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_in_the_user_secrets_of_NET_are_found()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_rig.Home, ".microsoft", "usersecrets", "orchestrator-agents")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "secrets.json"), $$"""{ "Orchestrator:Secrets:MODEL_GATEWAY_KEY": "{{Key}}" }""", TestContext.Current.CancellationToken);
        var config = Configure(new JsonObject { ["house"] = Chat("edit") }, secrets: new JsonObject { ["userSecrets"] = "orchestrator-agents" });

        var result = await _rig.RunAsync("doctor", "--config", config);

        var checks = result.Of("check").Select(line => line.GetProperty("check")).ToDictionary(check => check.GetProperty("name").GetString()!, check => check.GetProperty("found").GetString());
        Assert.Equal("set in the user secrets of .NET (its value is never shown)", checks["MODEL_GATEWAY_KEY"]);
        Assert.DoesNotContain(Key, result.Output + result.Errors, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_models is not null)
        {
            await _models.DisposeAsync();
        }

        _repository.Dispose();
        _rig.Dispose();
    }

    private JsonObject Chat(string scenario) => new() { ["kind"] = "chat", ["baseUrl"] = Models.BaseUrl(scenario), ["model"] = "house-model", ["apiKeySecret"] = "MODEL_GATEWAY_KEY" };

    private string Configure(JsonObject providers, JsonObject? routing = null, JsonObject? secrets = null) =>
        _rig.Configure(new JsonObject { ["providers"] = providers, ["routing"] = routing ?? [], ["secrets"] = secrets ?? [] }.ToJsonString());

    private Task<CliResult> RunAsync(string config, params string[] more) =>
        _rig.RunAsync(["run", "--repo", _repository.Path, "--task", Task, "--config", config, "--verify", Verify, .. more]);

    private void AssertKeyIsNowhere(CliResult result)
    {
        Assert.DoesNotContain(Key, result.Output + result.Errors, StringComparison.Ordinal);
        Assert.Empty(SecretSearch.Find([Key], _rig.State, _repository.Path));
    }
}
