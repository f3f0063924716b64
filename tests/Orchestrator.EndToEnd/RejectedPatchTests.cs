using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.EndToEnd.Kit;
using Orchestrator.Json;
using Orchestrator.Tasks;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd;

/// <summary>An agent's changes that are refused on delivery: the task that repairs them is told enough to do it right, and does.</summary>
public sealed class RejectedPatchTests : IDisposable
{
    private readonly CliRig _rig = new();
    private readonly GitRepository _repository = SampleRepositories.WithHello();

    [Fact]
    public async Task What_conflicts_with_a_commit_made_meanwhile_is_repaired_by_a_task_that_knows_file_line_and_both_texts()
    {
        // The first time somebody else commits while the agent works, which waits for that; the second time the agent reads where and why its change did not fit.
        using var meeting = new TemporaryDirectory();
        var script = $$"""
            case "$0" in
              *'hello.txt:2'*'MergeConflict'*) sed -i 's/^line 2, theirs$/line 2, theirs and mine/' hello.txt;;
              *) sed -i 's/^line two$/line 2, mine/' hello.txt
                 echo > '{{meeting.Combine("agent-works")}}'
                 cat '{{meeting.Combine("committed")}}' > /dev/null;;
            esac
            """;
        using var somebody = Somebody(meeting, "sed -i 's/^line two$/line 2, theirs/' hello.txt && git -c user.name=other -c user.email=other@example.org commit -qam Meanwhile");

        var (failed, repair) = await FailAsync(script, "grep -q mine hello.txt", meeting.Path);
        await somebody.WaitForExitAsync(TestContext.Current.CancellationToken);
        var between = (_repository.Read("hello.txt"), _repository.Status());
        var shown = await DrainAsync(repair.Id);

        var conflict = Assert.Single(failed.Report.GetProperty("conflicts").EnumerateArray());
        Assert.Equal(("merge_conflict", "hello.txt", 2), (conflict.GetProperty("code").GetString(), conflict.GetProperty("path").GetString(), conflict.GetProperty("line").GetInt32()));
        Assert.Equal(("line one\nline 2, theirs\nline three\n", ""), between);
        Assert.Contains("The patch was refused. Nothing was written.", repair.Instructions, StringComparison.Ordinal);
        Assert.Contains("hello.txt:2", repair.Instructions, StringComparison.Ordinal);
        Assert.Contains("expected:\n   | line 2, mine", repair.Instructions, StringComparison.Ordinal);
        Assert.Contains("in the file:\n   | line 2, theirs", repair.Instructions, StringComparison.Ordinal);
        Assert.EndsWith("Change something.", repair.Instructions, StringComparison.Ordinal);
        Assert.Equal(failed.TaskId, repair.RemediatesTaskId);
        Assert.Equal("verified", shown.Status);
        Assert.Equal("line one\nline 2, theirs and mine\nline three\n", _repository.Read("hello.txt"));
    }

    [Fact]
    public async Task What_a_validator_refuses_is_repaired_by_a_task_that_knows_file_and_line()
    {
        const string Script = """
            case "$0" in
              *'data.json:2'*) printf '{\n  "a": 1\n}\n' > data.json;;
              *) printf '{\n  "a": oops\n}\n' > data.json;;
            esac
            """;

        var (failed, repair) = await FailAsync(Script, "test -e data.json", writablePath: null);
        var between = _repository.Status();
        var shown = await DrainAsync(repair.Id);

        var conflict = Assert.Single(failed.Report.GetProperty("conflicts").EnumerateArray());
        Assert.Equal(("data.json", 2), (conflict.GetProperty("path").GetString(), conflict.GetProperty("line").GetInt32()));
        Assert.Equal("", between);
        Assert.Contains("Nothing was written.", repair.Instructions, StringComparison.Ordinal);
        Assert.Contains("data.json:2", repair.Instructions, StringComparison.Ordinal);
        Assert.Equal("verified", shown.Status);
        Assert.Equal("{\n  \"a\": 1\n}\n", _repository.Read("data.json"));
    }

    [Fact]
    public async Task The_command_reads_a_patch_from_standard_input()
    {
        const string Patch = "--- a/hello.txt\n+++ b/hello.txt\n@@ -2 +2 @@\n-line two\n+LINE 2\n";

        var applied = await PipeAsync(Patch, "apply");
        var after = _repository.Read("hello.txt");
        var undone = await PipeAsync(Patch, "undo");

        Assert.Equal((0, "applied"), applied);
        Assert.Equal("line one\nLINE 2\nline three\n", after);
        Assert.Equal((0, "reverted"), undone);
        Assert.Equal(SampleRepositories.Hello, _repository.Read("hello.txt"));
    }

    public void Dispose()
    {
        _repository.Dispose();
        _rig.Dispose();
    }

    /// <summary>Waits until the agent works, does something in the repository, and lets the agent go on: two pipes.</summary>
    private Process Somebody(TemporaryDirectory meeting, string does)
    {
        var (works, committed) = (meeting.Combine("agent-works"), meeting.Combine("committed"));
        using var pipes = Process.Start("mkfifo", [works, committed]);
        pipes.WaitForExit();
        return Process.Start("sh", ["-c", $"cat '{works}' > /dev/null && cd '{_repository.Path}' && {does} && echo > '{committed}'"]);
    }

    private async Task<(CliResult Failed, AgentTask Repair)> FailAsync(string script, string verify, string? writablePath)
    {
        var settings = new JsonObject { ["writablePaths"] = writablePath is null ? [] : new JsonArray(writablePath) };
        var config = _rig.ConfigureProviders(("learner", ShellProviders.Command(settings, "sh", "-c", script, "{instructions}")));
        var failed = await _rig.RunAsync("run", "--repo", _repository.Path, "--task", "Change something.", "--provider", "learner", "--config", config, "--verify", verify);
        Assert.True(failed.ExitCode == 1, failed.ToString());
        Assert.True(failed.Status == "patch_rejected", failed.ToString());
        var id = failed.Report.GetProperty("remediation_task_id").GetString();
        var waiting = (await _rig.RunAsync("tasks", "list")).Of("task").Select(line => line.GetProperty("task")).Single(task => task.GetProperty("id").GetString() == id);
        return (failed, OrchestratorJson.Read(waiting.GetProperty("payload").GetString()!, OrchestratorJsonContext.Default.AgentTask));
    }

    private async Task<CliResult> DrainAsync(string taskId)
    {
        var drained = await _rig.RunAsync("work", "--drain", "--config", Path.Combine(_rig.Root, "orchestrator.json"));
        Assert.True(drained.ExitCode == 0, drained.ToString());
        _rig.AssertNothingLeft();
        return await _rig.RunAsync("tasks", "show", taskId);
    }

    private async Task<(int ExitCode, string? Outcome)> PipeAsync(string patch, string verb)
    {
        var token = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo("dotnet", [BuiltPrograms.Cli, "patch", verb, "-", "--root", _repository.Path, "--json"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in _rig.Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(patch.AsMemory(), token);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        return (process.ExitCode, JsonDocument.Parse(output).RootElement.GetProperty("outcome").GetString());
    }
}
