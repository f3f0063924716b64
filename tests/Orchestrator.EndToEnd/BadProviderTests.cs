using System.Text.Json.Nodes;
using Orchestrator.EndToEnd.Kit;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd;

/// <summary>Providers that do nothing, fail, hang, or reach for what is not theirs: the caller's tree stays as it is and nothing is left running.</summary>
public sealed class BadProviderTests : IDisposable
{
    private readonly CliRig _rig = new();
    private readonly GitRepository _repository = SampleRepositories.WithHello();

    [Fact]
    public async Task One_that_changes_nothing_is_told_from_one_that_worked()
    {
        var result = await AssertUntouchedAsync("echo 'nothing to do here'");

        Assert.Equal("no_changes", result.FailureClass);
        Assert.Contains("nothing to do here", result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_fails_shows_its_exit_code_and_last_words_and_its_changes_are_dropped()
    {
        var result = await AssertUntouchedAsync("echo half >> hello.txt; echo 'out of ideas' >&2; exit 23");

        Assert.Equal("crashed", result.FailureClass);
        Assert.Contains("23", result.FailureMessage, StringComparison.Ordinal);
        Assert.Contains("out of ideas", result.Report.GetProperty("failure").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_whose_program_is_not_there_is_unavailable()
    {
        var config = _rig.ConfigureProviders(("agent", ShellProviders.Command(null, "no-such-program")));

        var result = await AssertUntouchedWithAsync(config);

        Assert.Contains("no-such-program", result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_takes_too_long_is_ended_with_its_children()
    {
        var result = await AssertUntouchedAsync(
            "echo half >> hello.txt; sleep 1000 & sleep 1001", new JsonObject { ["timeLimit"] = "00:00:01", ["idleTimeLimit"] = "00:00:01", ["startupTimeLimit"] = "00:00:01" });

        Assert.Contains(result.FailureClass, (string[])["timeout", "idle_timeout", "startup_timeout"]);
    }

    [Fact]
    public async Task One_that_is_busy_and_takes_too_long_is_ended_by_the_total_limit()
    {
        var result = await AssertUntouchedAsync("while true; do echo busy; sleep 0.1; done", new JsonObject { ["timeLimit"] = "00:00:01" });

        Assert.Equal("timeout", result.FailureClass);
    }

    [Fact]
    public async Task One_that_leaves_a_daemon_behind_has_it_ended()
    {
        var config = _rig.ConfigureShell("agent", "setsid nohup sleep 1002 >/dev/null 2>&1 & echo more >> hello.txt");

        var result = await _rig.RunAsync("run", "--repo", _repository.Path, "--task", "Change something.", "--provider", "agent", "--config", config, "--verify", "grep -q more hello.txt");

        Assert.True(result.ExitCode == 0, result.ToString());
        _rig.AssertNothingLeft();
    }

    [Fact]
    public async Task One_whose_verify_command_leaves_a_daemon_behind_has_it_ended()
    {
        var config = _rig.ConfigureShell("agent", "echo more >> hello.txt");

        var result = await _rig.RunAsync(
            "run", "--repo", _repository.Path, "--task", "Change something.", "--provider", "agent", "--config", config,
            "--verify", "sh -c \"setsid nohup sleep 1003 >/dev/null 2>&1 & true\"");

        Assert.True(result.ExitCode == 0, result.ToString());
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData("echo evil >> '{repository}/hello.txt'")]
    [InlineData("echo evil > '{repository}/evil.txt'")]
    [InlineData("rm '{repository}/hello.txt'")]
    [InlineData("printf '#!/bin/sh\\n' > '{repository}/.git/hooks/pre-commit'")]
    [InlineData("git -C '{repository}' commit --allow-empty -m evil")]
    [InlineData("echo evil > ../evil.txt")]
    [InlineData("echo evil > '{home}/.profile'")]
    [InlineData("echo evil >> '{state}/orchestrator.db'")]
    public async Task One_that_writes_outside_its_workspace_is_stopped_and_none_of_its_work_is_kept(string script)
    {
        var filled = script.Replace("{repository}", _repository.Path, StringComparison.Ordinal).Replace("{home}", _rig.Home, StringComparison.Ordinal).Replace("{state}", _rig.State, StringComparison.Ordinal);

        var result = await AssertUntouchedAsync($"set -e; echo more >> hello.txt; {filled}");

        Assert.Equal("outside_workspace", result.FailureClass);
        Assert.False(File.Exists(Path.Combine(_rig.Home, ".profile")));
        Assert.Equal(0, (await _rig.RunAsync("audit", "verify")).ExitCode);
    }

    [Fact]
    public async Task A_link_out_of_the_workspace_is_not_followed_into_the_callers_tree()
    {
        var outside = Directory.CreateDirectory(Path.Combine(_rig.Root, "outside")).FullName;

        var result = await AssertUntouchedAsync($"set -e; ln -s '{outside}' door; echo evil > door/evil.txt");

        Assert.Equal("outside_workspace", result.FailureClass);
        Assert.Empty(Directory.GetFileSystemEntries(outside));
    }

    public void Dispose()
    {
        _repository.Dispose();
        _rig.Dispose();
    }

    private Task<CliResult> AssertUntouchedAsync(string script, JsonObject? settings = null) => AssertUntouchedWithAsync(_rig.ConfigureShell("agent", script, settings));

    private async Task<CliResult> AssertUntouchedWithAsync(string config)
    {
        var before = _repository.Tree();
        var refs = _repository.Refs();

        var result = await _rig.RunAsync("run", "--repo", _repository.Path, "--task", "Change something.", "--provider", "agent", "--config", config, "--verify", "true");

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Equal("", GitRepository.TreeDifference(before, _repository.Tree()));
        Assert.Equal(refs, _repository.Refs());
        _rig.AssertNothingLeft();
        return result;
    }
}
