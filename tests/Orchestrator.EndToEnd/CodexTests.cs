using System.Text.Json.Nodes;
using Orchestrator.EndToEnd.Kit;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd;

/// <summary>The main job with the real Codex CLI, which talks to a fake model on loopback.</summary>
[Trait("Engine", "Codex")]
public sealed class CodexTests : IAsyncLifetime
{
    private const string Task = "Change line two of FILE={workspace}/hello.txt";
    private const string Key = "sk-marked-codex-key-0123456789abcdef";

    private readonly CliRig _rig = new();
    private readonly GitRepository _repository = SampleRepositories.WithHello();
    private FakeModels? _models;

    private FakeModels Models => _models!;

    public async ValueTask InitializeAsync()
    {
        Engines.Require("codex");
        _models = await FakeModels.StartAsync(TestContext.Current.CancellationToken);
        _rig.Environment["CODEX_API_KEY"] = Key;
    }

    [Fact]
    public async Task Codex_edits_in_its_workspace_and_the_verified_result_is_applied()
    {
        var result = await RunAsync(_rig.ConfigureProviders(("codex", Codex("edit"))), "--verify", "grep -q \"CHANGED BY AGENT\" hello.txt");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("line one\nline two CHANGED BY AGENT\nline three\n", _repository.Read("hello.txt"));
        Assert.Equal("brand new\n", _repository.Read("new_by_agent.txt"));
        Assert.Equal("from shell\n", _repository.Read("made_by_shell.txt"));
        Assert.Equal(["hello.txt", "made_by_shell.txt", "new_by_agent.txt"], result.ChangedFiles.Order(StringComparer.Ordinal));
        Assert.True(result.Report.GetProperty("usage").GetProperty("input_tokens").GetInt64() >= 1234, result.ToString());
        Assert.True(result.Report.GetProperty("usage").GetProperty("output_tokens").GetInt64() >= 56, result.ToString());
        Assert.Contains("Done: I changed line two", result.Report.GetProperty("summary").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, result.Output + result.Errors, StringComparison.Ordinal);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public async Task A_refused_key_is_a_failure_of_class_authentication_and_the_tree_is_untouched()
    {
        var before = _repository.Tree();
        var refs = _repository.Refs();

        var result = await RunAsync(_rig.ConfigureProviders(("codex", Codex("e401"))), "--verify", "true");

        AssertUntouched(before, refs, result, "authentication");
        Assert.DoesNotContain(Key, result.Output + result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_key_is_told_by_name_before_anything_is_started()
    {
        _rig.Environment["CODEX_API_KEY"] = null;
        var before = _repository.Tree();
        var refs = _repository.Refs();

        var result = await RunAsync(_rig.ConfigureProviders(("codex", Codex("edit"))), "--verify", "true", "--provider", "codex");

        // The health check found it out before anything was started.
        AssertUntouched(before, refs, result, "unavailable");
        Assert.Equal("refused", result.Status);
        Assert.Contains("CODEX_API_KEY", result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_changes_nothing_is_told_from_one_that_failed()
    {
        var before = _repository.Tree();
        var refs = _repository.Refs();

        var result = await RunAsync(_rig.ConfigureProviders(("codex", Codex("noedit"))), "--verify", "true");

        AssertUntouched(before, refs, result, "no_changes");
    }

    [Fact]
    public async Task When_Codex_fails_another_provider_that_reads_instructions_does_the_task()
    {
        // The price makes Codex the first choice.
        var helper = ShellProviders.Shell(
            "sed -i 's/line two/line two BY HELPER/' hello.txt", new JsonObject { ["capabilities"] = new JsonArray("edit", "instructions"), ["pricePerTaskUsd"] = 50 });
        var config = _rig.ConfigureProviders(("codex", Codex("e500")), ("helper", helper));

        var result = await RunAsync(config, "--verify", "grep -q HELPER hello.txt");

        Assert.True(result.ExitCode == 0, result.ToString());
        var attempts = result.Report.GetProperty("attempts").EnumerateArray().ToList();
        Assert.Equal(["codex", "codex", "helper"], attempts.Select(attempt => attempt.GetProperty("provider").GetString())); // Trouble of a server may pass: once more, then the next.
        Assert.All(attempts.SkipLast(1), attempt => Assert.Equal("provider_error", attempt.GetProperty("failure").GetProperty("class").GetString()));
        Assert.False(attempts[^1].TryGetProperty("failure", out _));
        var started = (await _rig.AuditAsync(result.TaskId)).Select(entry => entry.GetProperty("operation")).Where(operation => operation.GetProperty("name").GetString() == "execution.started");
        Assert.Equal(["codex", "codex", "helper"], started.Select(operation => operation.GetProperty("provider").GetString()));
        Assert.Equal("line one\nline two BY HELPER\nline three\n", _repository.Read("hello.txt"));
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

    private JsonObject Codex(string scenario) => new()
    {
        ["executable"] = Engines.Require("codex"),
        ["model"] = "gpt-5",
        ["baseUrl"] = Models.BaseUrl(scenario),
    };

    private Task<CliResult> RunAsync(string config, params string[] more) =>
        _rig.RunAsync(["run", "--repo", _repository.Path, "--task", Task, "--config", config, .. more]);

    private void AssertUntouched(IReadOnlyDictionary<string, FileState> before, string refs, CliResult result, string failureClass)
    {
        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Equal(failureClass, result.FailureClass);
        Assert.Equal("", GitRepository.TreeDifference(before, _repository.Tree()));
        Assert.Equal(refs, _repository.Refs());
        _rig.AssertNothingLeft();
    }
}
