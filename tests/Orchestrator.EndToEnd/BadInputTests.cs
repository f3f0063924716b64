using Orchestrator.EndToEnd.Kit;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd;

/// <summary>What users and repositories get wrong: each time a message that names the fix, an exit code that is not 0, and nothing lost.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly CliRig _rig = new();
    private readonly GitRepository _repository = SampleRepositories.WithHello();

    [Fact]
    public async Task A_folder_without_a_git_repository_is_refused()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_rig.Root, "plain")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "hello.txt"), "hello\n", TestContext.Current.CancellationToken);

        var result = await RunAsync(folder, Appending());

        AssertRefused(result, "git init");
        Assert.Equal(["hello.txt"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_refused()
    {
        var result = await RunAsync(Path.Combine(_rig.Root, "nowhere"), Appending());

        AssertRefused(result, "nowhere");
    }

    [Fact]
    public async Task A_repository_without_commits_is_refused()
    {
        using var empty = GitRepository.Init();
        empty.Write("hello.txt", SampleRepositories.Hello);
        var before = empty.Tree();

        var result = await RunAsync(empty.Path, Appending());

        AssertRefused(result, "commit");
        Assert.Equal("", GitRepository.TreeDifference(before, empty.Tree()));
    }

    [Fact]
    public async Task A_dirty_tree_is_refused()
    {
        _repository.Write("hello.txt", "mine\n");
        _repository.Write("notes.txt", "mine too\n");

        await AssertUntouchedAsync(() => RunAsync(_repository.Path, Appending()), result => AssertRefused(result, "--allow-dirty"));
    }

    [Fact]
    public async Task An_accepted_dirty_tree_keeps_the_users_changes_and_gets_the_result_beside_them()
    {
        _repository.Write("mine.txt", "one\ntwo\n");
        _repository.Commit("Add a file of mine");
        _repository.Write("mine.txt", "one\r\nTWO, not committed\n");
        _repository.Write("notes.txt", "never added\n");
        _repository.Write("staged.txt", "staged\n");
        _repository.Run("add", "staged.txt");
        var staged = _repository.Run("diff", "--cached");
        var before = _repository.Tree();

        var result = await RunAsync(_repository.Path, Appending(), "--allow-dirty", "--verify", "grep -q more hello.txt");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(["hello.txt"], result.ChangedFiles);
        Assert.StartsWith("~ hello.txt ", Assert.Single(GitRepository.TreeDifference(before, _repository.Tree()).TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Equal(SampleRepositories.Hello + "more\n", _repository.Read("hello.txt"));
        Assert.Equal(staged, _repository.Run("diff", "--cached"));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public async Task A_failed_verification_keeps_the_users_uncommitted_changes()
    {
        _repository.Write("notes.txt", "never added\n");

        await AssertUntouchedAsync(
            () => RunAsync(_repository.Path, Appending(), "--allow-dirty", "--verify", "sh -c \"echo broken >> notes.txt; exit 1\""),
            result => Assert.Equal("verification_failed", result.Status));
    }

    [Fact]
    public async Task A_result_that_overlaps_the_users_uncommitted_change_is_rejected()
    {
        _repository.Write("hello.txt", "line one, mine\nline two, mine\nline three, mine\n");

        await AssertUntouchedAsync(
            () => RunAsync(_repository.Path, _rig.ConfigureShell("agent", "sed -i 's/line two/line 2/' hello.txt"), "--allow-dirty", "--verify", "true"),
            result =>
            {
                Assert.Equal("patch_rejected", result.Status);
                Assert.Contains("hello.txt", result.FailureMessage, StringComparison.Ordinal);
            });
    }

    [Fact]
    public async Task An_unknown_provider_is_answered_with_the_known_ones() =>
        await AssertUntouchedAsync(
            () => _rig.RunAsync("run", "--repo", _repository.Path, "--task", "Do it.", "--provider", "nobody"),
            result =>
            {
                Assert.Contains("nobody", result.FailureMessage, StringComparison.Ordinal);
                Assert.Contains("codex", result.FailureMessage, StringComparison.Ordinal);
                Assert.Contains("dotnet-format", result.FailureMessage, StringComparison.Ordinal);
            });

    [Fact]
    public async Task An_empty_task_is_refused() =>
        await AssertUntouchedAsync(
            () => _rig.RunAsync("run", "--repo", _repository.Path, "--task", "  ", "--provider", "dotnet-format"),
            result =>
            {
                Assert.Equal(2, result.ExitCode);
                Assert.Contains("--task", result.FailureMessage, StringComparison.Ordinal);
            });

    [Fact]
    public async Task A_verify_command_that_is_not_there_is_refused_before_anything_is_started() =>
        await AssertUntouchedAsync(
            () => RunAsync(_repository.Path, Appending(), "--verify", "no-such-verifier --all"),
            result =>
            {
                AssertRefused(result, "no-such-verifier");
                Assert.DoesNotContain("executing", result.Steps);
            });

    [Fact]
    public async Task An_unreadable_verify_command_is_a_wrong_command_line() =>
        await AssertUntouchedAsync(() => RunAsync(_repository.Path, Appending(), "--verify", "grep \"open"), result => Assert.Equal(2, result.ExitCode));

    [Fact]
    public async Task An_unknown_option_is_a_wrong_command_line() =>
        await AssertUntouchedAsync(
            () => _rig.RunAsync("run", "--repo", _repository.Path, "--task", "Do it.", "--speed", "11"),
            result =>
            {
                Assert.Equal(2, result.ExitCode);
                Assert.Contains(result.Details, detail => detail.Contains("--speed", StringComparison.Ordinal));
            });

    [Fact]
    public async Task All_errors_of_a_configuration_are_told_at_once()
    {
        var config = _rig.Configure("""
            {
              "verifyTimeLimit": "soon",
              "maxAttempts": "many",
              "colour": "blue",
              "providers": {
                "a": { "kind": "wizard" },
                "b": { "command": ["true"], "timeLimit": "never" }
              }
            }
            """);

        await AssertUntouchedAsync(
            () => RunAsync(_repository.Path, config),
            result =>
            {
                Assert.Equal(2, result.ExitCode);
                var details = result.Details.ToList();
                Assert.Equal(5, details.Count);
                foreach (var wrong in new[] { "verifyTimeLimit", "maxAttempts", "colour", "providers:a:kind", "providers:b:timeLimit" })
                {
                    Assert.Contains(details, detail => detail.Contains(wrong, StringComparison.Ordinal));
                }
            });
    }

    [Fact]
    public async Task Values_out_of_range_are_told_at_once()
    {
        var config = _rig.Configure("""{ "maxAttempts": 0, "maxRemediations": 99, "providers": { "b": { "command": ["true"], "timeLimit": "00:00:00" } } }""");

        await AssertUntouchedAsync(
            () => RunAsync(_repository.Path, config),
            result =>
            {
                Assert.Equal(2, result.ExitCode);
                Assert.Contains(result.Details, detail => detail.Contains("MaxAttempts", StringComparison.Ordinal));
                Assert.Contains(result.Details, detail => detail.Contains("MaxRemediations", StringComparison.Ordinal));
                Assert.Contains(result.Details, detail => detail.Contains("TimeLimits", StringComparison.Ordinal) || detail.Contains("Total", StringComparison.Ordinal));
            });
    }

    [Theory]
    [InlineData("""{ "providers": { "codex": { "baseUrl": "http://evil.example" } } }""", "codex")]
    [InlineData("""{ "providers": { "codex": { "executable": "./evil" } } }""", "codex")]
    [InlineData("""{ "providers": { "x": { "command": ["sh"], "secretNames": ["GITHUB_TOKEN"] } } }""", "secretNames")]
    [InlineData("""{ "providers": { "x": { "command": ["sh"], "writablePaths": ["/"] } } }""", "writablePaths")]
    [InlineData("""{ "providers": { "x": { "command": ["sh"], "environment": { "LD_PRELOAD": "./evil.so" } } } }""", "environment")]
    [InlineData("""{ "state": "/tmp/elsewhere" }""", "state")]
    public async Task A_repository_may_not_decide_where_keys_go(string json, string setting)
    {
        _repository.Write("orchestrator.json", json);
        _repository.Commit("Configure");

        await AssertUntouchedAsync(
            () => RunAsync(_repository.Path, Appending()),
            result =>
            {
                Assert.Equal(2, result.ExitCode);
                Assert.Contains(result.Details, detail => detail.Contains(setting, StringComparison.Ordinal) && detail.Contains("a repository may", StringComparison.Ordinal));
            });
    }

    public void Dispose()
    {
        _repository.Dispose();
        _rig.Dispose();
    }

    private string Appending() => _rig.ConfigureShell("agent", "echo more >> hello.txt");

    private Task<CliResult> RunAsync(string repository, string config, params string[] more) =>
        _rig.RunAsync(["run", "--repo", repository, "--task", "Change something.", "--provider", "agent", "--config", config, .. more]);

    private static void AssertRefused(CliResult result, string fix)
    {
        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Equal("refused", result.Status);
        Assert.Contains(fix, result.FailureMessage, StringComparison.Ordinal);
    }

    private async Task AssertUntouchedAsync(Func<Task<CliResult>> run, Action<CliResult> assert)
    {
        var before = _repository.Tree();
        var refs = _repository.Refs();

        var result = await run();

        Assert.NotEqual(0, result.ExitCode);
        assert(result);
        Assert.Equal("", GitRepository.TreeDifference(before, _repository.Tree()));
        Assert.Equal(refs, _repository.Refs());
        _rig.AssertNothingLeft();
    }
}
