using System.Text.Json.Nodes;
using Orchestrator.EndToEnd.Kit;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd;

/// <summary>The main job with each real agent CLI, which talks to a fake model on loopback: routed, run, patched, verified, audited.</summary>
[Trait("Engine", "Agents")]
public sealed class AgentsTests : IAsyncLifetime
{
    private const string Task = "Change line two of FILE={workspace}/hello.txt";
    private const string Secret = "GATEWAY_API_KEY";
    private const string Key = "sk-marked-agents-key-0123456789abcdef";

    private static readonly string[] Steps = ["routing.decided", "execution.started", "execution.finished", "patch.applied", "verification.finished"];

    private readonly CliRig _rig = new();
    private readonly GitRepository _repository = SampleRepositories.Inventory();
    private FakeModels? _models;

    public async ValueTask InitializeAsync()
    {
        _models = await FakeModels.StartAsync(TestContext.Current.CancellationToken);
        _rig.Environment[Secret] = Key;
        _repository.Write("hello.txt", SampleRepositories.Hello);
        _repository.Commit("Greet");
    }

    [Theory]
    [InlineData("codex")]
    [InlineData("claude")]
    [InlineData("gemini")]
    [InlineData("copilot")]
    public async Task An_agent_does_the_task_and_every_step_is_audited(string agent)
    {
        var result = await RunAsync(_rig.ConfigureProviders((agent, Agent(agent, "edit"))), "--provider", agent);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(("verified", agent), (result.Status, result.Report.GetProperty("provider").GetString()));
        Assert.Equal("line one\nline two CHANGED BY AGENT\nline three\n", _repository.Read("hello.txt"));
        Assert.Equal(["hello.txt", "made_by_shell.txt", "new_by_agent.txt"], result.ChangedFiles.Order(StringComparer.Ordinal));
        Assert.True(result.Report.GetProperty("usage").GetProperty("output_tokens").GetInt64() > 0, result.ToString());
        var names = (await _rig.AuditAsync(result.TaskId)).Select(entry => entry.GetProperty("operation").GetProperty("name").GetString()).ToList();
        Assert.Equal(Steps, names.Where(Steps.Contains)); // Each once, and in this order.
        Assert.Equal(0, (await _rig.RunAsync("audit", "verify")).ExitCode);
        AssertKeyIsNowhere(result);
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData("claude", "codex")]
    [InlineData("copilot", "claude")]
    public async Task When_one_agent_fails_another_does_the_task_and_the_audit_tells_of_both(string failing, string healthy)
    {
        var (first, second) = (Agent(failing, "e500"), Agent(healthy, "edit"));
        second["pricePerTaskUsd"] = 50; // The price makes the other one the first choice.

        var result = await RunAsync(_rig.ConfigureProviders((failing, first), (healthy, second)));

        Assert.True(result.ExitCode == 0, result.ToString());
        var entries = (await _rig.AuditAsync(result.TaskId)).Select(entry => entry.GetProperty("operation")).ToList();
        var finished = entries.Where(entry => entry.GetProperty("name").GetString() == "execution.finished")
            .Select(entry => (entry.GetProperty("provider").GetString(), entry.GetProperty("outcome").GetString())).Distinct().ToList();
        Assert.Equal([(failing, "failed"), (healthy, "succeeded")], finished);
        Assert.Contains("provider_error", entries.Where(entry => entry.GetProperty("name").GetString() == "routing.decided")
            .Select(entry => entry.GetProperty("data").TryGetProperty("after_failure", out var failure) ? failure.GetString() : null));
        Assert.Equal("line one\nline two CHANGED BY AGENT\nline three\n", _repository.Read("hello.txt"));
        AssertKeyIsNowhere(result);
        _rig.AssertNothingLeft();
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

    private JsonObject Agent(string name, string scenario) => new()
    {
        ["executable"] = Engines.Require(name),
        ["model"] = name switch { "claude" => "claude-sonnet-4-5", "gemini" => "gemini-2.5-pro", _ => "gpt-5.1-codex" },
        ["baseUrl"] = name is "codex" or "copilot" ? _models!.BaseUrl(scenario) : $"http://127.0.0.1:{_models!.Port}/s/{scenario}",
        ["apiKeySecret"] = Secret,
    };

    private Task<CliResult> RunAsync(string config, params string[] more) =>
        _rig.RunAsync(["run", "--repo", _repository.Path, "--task", Task, "--config", config, "--verify", "grep -q \"CHANGED BY AGENT\" hello.txt", .. more]);

    private void AssertKeyIsNowhere(CliResult result)
    {
        Assert.DoesNotContain(Key, result.Output + result.Errors, StringComparison.Ordinal);
        Assert.Empty(SecretSearch.Find([Key], _rig.State, _rig.Home, _repository.Path));
        Assert.Contains(Key, _models!.Log(), StringComparison.Ordinal);
    }
}
