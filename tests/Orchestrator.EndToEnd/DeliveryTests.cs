using Orchestrator.EndToEnd.Kit;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd;

/// <summary>Where a result goes, and what happens when it is not right.</summary>
public sealed class DeliveryTests : IDisposable
{
    private readonly CliRig _rig = new();
    private readonly GitRepository _repository = SampleRepositories.WithHello();

    [Fact]
    public async Task A_branch_holds_the_result_and_work_tree_index_and_HEAD_stay_as_they_are()
    {
        var config = _rig.ConfigureShell("change", "echo more >> hello.txt; mkdir sub; echo new > sub/new.txt");
        var before = _repository.Tree();
        var head = _repository.Head;
        var staged = _repository.Run("ls-files", "--stage");

        var result = await RunAsync(config, "change", "--output", "branch", "--verify", "grep -q more hello.txt");

        Assert.True(result.ExitCode == 0, result.ToString());
        var branch = result.Report.GetProperty("branch").GetString()!;
        Assert.Equal(SampleRepositories.Hello + "more\n", _repository.Run("show", $"{branch}:hello.txt"));
        Assert.Equal("new\n", _repository.Run("show", $"{branch}:sub/new.txt"));
        Assert.Equal(head, _repository.Run("rev-parse", $"{branch}^").Trim());
        Assert.Equal(head, _repository.Head);
        Assert.Equal("main", _repository.Run("branch", "--show-current").Trim());
        Assert.Equal(staged, _repository.Run("ls-files", "--stage"));
        Assert.Equal("", GitRepository.TreeDifference(before, _repository.Tree()));
        Assert.Equal("", _repository.Status());
        _rig.AssertNothingLeft();
    }

    [Fact]
    public async Task A_patch_file_can_be_applied_with_git_and_the_tree_stays_as_it_is()
    {
        var config = _rig.ConfigureShell("change", "echo more >> hello.txt; printf '\\000\\001' > binary.dat; chmod +x binary.dat");
        var before = _repository.Tree();

        var result = await RunAsync(config, "change", "--output", "patch", "--verify", "grep -q more hello.txt");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("", GitRepository.TreeDifference(before, _repository.Tree()));
        _repository.Run("apply", result.Report.GetProperty("patch_file").GetString()!);
        Assert.Equal(SampleRepositories.Hello + "more\n", _repository.Read("hello.txt"));
        Assert.Equal([0, 1], await File.ReadAllBytesAsync(_repository.Combine("binary.dat"), TestContext.Current.CancellationToken));
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData("branch")]
    [InlineData("patch")]
    public async Task What_fails_verification_is_delivered_nowhere(string output)
    {
        var config = _rig.ConfigureShell("change", "echo more >> hello.txt");
        var before = _repository.Tree();
        var refs = _repository.Refs();

        var result = await RunAsync(config, "change", "--output", output, "--verify", "false");

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Equal("verification_failed", result.Status);
        Assert.Equal(refs, _repository.Refs());
        Assert.Equal("", GitRepository.TreeDifference(before, _repository.Tree()));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public async Task A_failed_verification_leaves_the_tree_exactly_as_it_was_and_moves_by_products_away()
    {
        _repository.Write("tool.sh", "echo left >> hello.txt\nmkdir -p out\necho product > out/product.txt\necho 'three tests failed'\nexit 7\n");
        _repository.Commit("Add a verify script");
        var config = _rig.ConfigureShell("change", "echo more >> hello.txt; echo new > new.txt");
        var before = _repository.Tree();
        var refs = _repository.Refs();

        var result = await RunAsync(config, "change", "--verify", "sh tool.sh");

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Equal("verification_failed", result.Status);
        Assert.Equal(7, result.Report.GetProperty("verification").GetProperty("exit_code").GetInt32());
        Assert.Equal("", GitRepository.TreeDifference(before, _repository.Tree()));
        Assert.Equal(refs, _repository.Refs());
        Assert.Equal("", _repository.Status());
        var product = Assert.Single(Directory.GetFiles(Path.Combine(_rig.State, "leftovers"), "product.txt", SearchOption.AllDirectories));
        Assert.Equal("product\n", await File.ReadAllTextAsync(product, TestContext.Current.CancellationToken));
        Assert.True(File.Exists(result.Report.GetProperty("patch_file").GetString()), "The refused changes are kept for people to look at.");
        _rig.AssertNothingLeft();
    }

    [Fact]
    public async Task A_failed_verification_enqueues_a_remediation_task_that_knows_why_and_that_the_worker_runs()
    {
        // The agent works better the second time, as it is told what was wrong.
        const string Script = "case \"$0\" in *'three tests failed'*) echo good > answer.txt;; *) echo bad > answer.txt;; esac";
        _repository.Write("verify.sh", "grep -q good answer.txt || { echo 'three tests failed'; exit 1; }\n");
        _repository.Commit("Add a verify script");
        var config = _rig.ConfigureProviders(("learner", ShellProviders.Command(null, "sh", "-c", Script, "{instructions}")));

        var failed = await RunAsync(config, "learner", "--verify", "sh verify.sh");
        var remediation = failed.Report.GetProperty("remediation_task_id").GetString()!;
        var list = await _rig.RunAsync("tasks", "list");
        var drained = await _rig.RunAsync("work", "--drain", "--config", config);
        var shown = await _rig.RunAsync("tasks", "show", remediation);

        Assert.True(failed.ExitCode == 1, failed.ToString());
        var waiting = list.Of("task").Select(line => line.GetProperty("task")).Single(task => task.GetProperty("id").GetString() == remediation);
        Assert.Equal("available", waiting.GetProperty("state").GetString());
        Assert.Contains("three tests failed", waiting.GetProperty("payload").GetString(), StringComparison.Ordinal);
        Assert.True(drained.ExitCode == 0, drained.ToString());
        Assert.Equal("drained", drained.Lines[^1].GetProperty("type").GetString());
        Assert.Equal("verified", shown.Status);
        Assert.Equal("good\n", _repository.Read("answer.txt"));
        _rig.AssertNothingLeft();
    }

    public void Dispose()
    {
        _repository.Dispose();
        _rig.Dispose();
    }

    private Task<CliResult> RunAsync(string config, string provider, params string[] more) =>
        _rig.RunAsync(["run", "--repo", _repository.Path, "--task", "Change something.", "--provider", provider, "--config", config, .. more]);
}
