using System.Text.Json;
using Orchestrator.Cli.Tests.Commands;
using Orchestrator.Testing;

namespace Orchestrator.Cli.Tests.Patches;

public sealed class PatchCommandsTests : IDisposable
{
    private const string Before = "one\ntwo\nthree\n";
    private const string Diff = "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n";

    private readonly CommandRunner _run = new();
    private readonly string _root;
    private readonly string _patch;

    public PatchCommandsTests()
    {
        (_root, _patch) = (_run.Path("tree"), _run.Path("the.patch"));
        Directory.CreateDirectory(_root);
        File.WriteAllText(Path.Combine(_root, "a.txt"), Before);
        File.WriteAllText(_patch, Diff);
    }

    private string Text => File.ReadAllText(Path.Combine(_root, "a.txt"));

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Apply_undo_and_apply_again()
    {
        var applied = await PatchAsync(0, "apply", _patch);
        var after = Text;
        var undone = await PatchAsync(0, "undo", _patch);
        var between = Text;
        var again = await PatchAsync(0, "apply", _patch);

        Assert.Equal(("applied", "reverted", "applied"), (Outcome(applied), Outcome(undone), Outcome(again)));
        Assert.Equal(("one\nTWO\nthree\n", Before, "one\nTWO\nthree\n"), (after, between, Text));
        var file = Assert.Single(applied.GetProperty("files").EnumerateArray());
        Assert.Equal(("a.txt", "modify", 1, "exact"), (file.GetProperty("path").GetString(), file.GetProperty("kind").GetString(), file.GetProperty("edits").GetInt32(), file.GetProperty("tier").GetString()));
        Assert.Equal((64, 64), (file.GetProperty("before_hash").GetString()!.Length, file.GetProperty("after_hash").GetString()!.Length));
        Assert.Empty(applied.GetProperty("errors").EnumerateArray());
    }

    [Fact]
    public async Task The_second_time_there_is_nothing_to_do()
    {
        await PatchAsync(0, "apply", _patch);

        var again = await PatchAsync(0, "apply", _patch);

        Assert.Equal("already-applied", Outcome(again));
        Assert.Equal("one\nTWO\nthree\n", Text);
    }

    [Fact]
    public async Task A_check_shows_the_diff_and_writes_nothing()
    {
        var checkedPatch = await PatchAsync(0, "check", _patch);
        var words = await _run.WordsAsync(0, "patch", "check", _patch, "--root", _root);

        Assert.Equal(("applied", true), (Outcome(checkedPatch), checkedPatch.GetProperty("dry_run").GetBoolean()));
        Assert.Contains("+TWO\n", checkedPatch.GetProperty("diff").GetString(), StringComparison.Ordinal);
        Assert.Contains("Would change 1 files.", words, StringComparison.Ordinal);
        Assert.Equal(Before, Text);
        Assert.Single(Directory.GetFileSystemEntries(_root));
        Assert.False(Directory.Exists(_run.Path("state")));
    }

    [Fact]
    public async Task A_refusal_names_file_edit_line_and_what_is_there_instead()
    {
        await File.WriteAllTextAsync(_patch, Diff.Replace("-two", "-zwei", StringComparison.Ordinal), CommandRunner.Cancel);

        var refused = await PatchAsync(1, "apply", _patch);
        var words = await _run.WordsAsync(1, "patch", "apply", _patch, "--root", _root);

        Assert.Equal("rejected", Outcome(refused));
        var error = Assert.Single(refused.GetProperty("errors").EnumerateArray());
        Assert.Equal(("context_not_found", "a.txt", 0, 2), (error.GetProperty("code").GetString(), error.GetProperty("file").GetString(), error.GetProperty("edit").GetInt32(), error.GetProperty("line").GetInt32()));
        Assert.Contains("zwei", error.GetProperty("expected").GetString(), StringComparison.Ordinal);
        Assert.Contains("two", error.GetProperty("actual").GetString(), StringComparison.Ordinal);
        Assert.Contains("Nothing was written", words, StringComparison.Ordinal);
        Assert.Equal(Before, Text);
    }

    [Fact]
    public async Task What_cannot_be_read_is_refused_with_its_line()
    {
        await File.WriteAllTextAsync(_patch, "--- a/a.txt\n+++ b/a.txt\n@@ what\n", CommandRunner.Cancel);

        var error = Assert.Single((await PatchAsync(1, "apply", _patch)).GetProperty("errors").EnumerateArray());

        Assert.Equal(("malformed", 3), (error.GetProperty("code").GetString(), error.GetProperty("line").GetInt32()));
    }

    [Theory]
    [InlineData("apply", "never.patch")]
    [InlineData("apply", "the.patch", "--root", "never")]
    [InlineData("check", "the.patch", "--format", "poem")]
    [InlineData("check", "the.patch", "--policy", "never.json")]
    [InlineData("check", "the.patch", "--base", "HEAD")]
    [InlineData("undo")]
    public async Task What_is_asked_wrongly_is_exit_code_2(params string[] arguments)
    {
        string[] placed = [.. arguments.Select(argument => argument.Contains("never", StringComparison.Ordinal) || argument == "the.patch" ? _run.Path(argument) : argument)];
        string[] root = arguments.Contains("--root") ? [] : ["--root", _root];

        var error = (await _run.JsonAsync(2, ["patch", .. placed, .. root])).Single();

        Assert.Equal("error", error.GetProperty("type").GetString());
        Assert.Equal(Before, Text);
    }

    [Fact]
    public async Task A_policy_tightens_what_is_let_through_and_an_unknown_member_of_it_is_an_error()
    {
        var policy = _run.Path("policy.json");
        await File.WriteAllTextAsync(policy, """{ "protectedPaths": ["*.txt"] }""", CommandRunner.Cancel);
        var refused = await PatchAsync(1, "check", _patch, "--policy", policy);
        await File.WriteAllTextAsync(policy, """{ "protectedPath": ["*.txt"] }""", CommandRunner.Cancel);

        var wrong = (await _run.JsonAsync(2, "patch", "check", _patch, "--root", _root, "--policy", policy)).Single();

        Assert.Equal("path_protected", Assert.Single(refused.GetProperty("errors").EnumerateArray()).GetProperty("code").GetString());
        Assert.Contains("protectedPath", wrong.GetProperty("details")[0].GetString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task With_the_base_a_patch_for_an_older_file_is_merged()
    {
        using var repository = GitRepository.Init();
        repository.Write("a.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
        repository.Commit("base");
        repository.Write("a.txt", "1\n2\n3\n4\n5\n6\n7\nEIGHT\n9\n");
        await File.WriteAllTextAsync(_patch, "--- a/a.txt\n+++ b/a.txt\n@@ -4,5 +4,5 @@\n 4\n-5\n+five\n 6\n 7\n 8\n", CommandRunner.Cancel);

        var without = (await _run.JsonAsync(1, "patch", "check", _patch, "--root", repository.Path)).Single();
        var merged = (await _run.JsonAsync(0, "patch", "apply", _patch, "--root", repository.Path, "--base", "HEAD")).Single();

        Assert.Equal("rejected", Outcome(without));
        Assert.True(Assert.Single(merged.GetProperty("files").EnumerateArray()).GetProperty("merged").GetBoolean());
        Assert.Equal("1\n2\n3\n4\nfive\n6\n7\nEIGHT\n9\n", repository.Read("a.txt"));
    }

    [Fact]
    public async Task Parse_and_convert_show_the_same_change_in_another_form()
    {
        var parsed = (await _run.JsonAsync(0, "patch", "parse", _patch)).Single().GetProperty("patch_set");
        var converted = (await _run.JsonAsync(0, "patch", "convert", _patch, "--root", _root, "--to", "search-replace")).Single().GetProperty("content").GetString()!;
        await File.WriteAllTextAsync(_patch, converted, CommandRunner.Cancel);

        await PatchAsync(0, "apply", _patch);

        Assert.Equal("a.txt", parsed.GetProperty("files")[0].GetProperty("path").GetString());
        Assert.Contains("<<<<<<< SEARCH", converted, StringComparison.Ordinal);
        Assert.Equal("one\nTWO\nthree\n", Text);
    }

    [Fact]
    public async Task Applications_and_refusals_stand_in_the_audit_trail()
    {
        await PatchAsync(0, "apply", _patch);
        await PatchAsync(0, "undo", _patch);
        await File.WriteAllTextAsync(_patch, "no patch at all", CommandRunner.Cancel);
        await PatchAsync(1, "apply", _patch);

        var entries = await _run.JsonAsync(0, "audit", "list");

        Assert.Equal(
            [("patch.applied", "succeeded"), ("patch.reverted", "succeeded"), ("patch.applied", "refused")],
            entries.Select(entry => entry.GetProperty("entry").GetProperty("operation")).Select(operation => (operation.GetProperty("name").GetString(), operation.GetProperty("outcome").GetString())));
    }

    [Fact]
    public async Task Recover_says_that_nothing_is_left_half_done()
    {
        await PatchAsync(0, "apply", _patch);

        var recovered = (await _run.JsonAsync(0, "patch", "recover", "--root", _root)).Single();

        Assert.Contains("1 applications", recovered.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("convert")]
    public async Task What_only_looks_at_an_interrupted_tree_says_that_it_must_be_recovered(string command)
    {
        await InterruptAsync();

        var told = await PatchAsync(3, command, _patch);
        var words = await _run.WordsAsync(3, "patch", command, _patch, "--root", _root);

        Assert.Equal("recovery-needed", Outcome(told));
        Assert.Equal("patching.recovery_needed", Assert.Single(told.GetProperty("errors").EnumerateArray()).GetProperty("code").GetString());
        Assert.Contains("Recovery is needed", words, StringComparison.Ordinal);
        Assert.Contains("orchestrator patch recover", words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("recover")]
    [InlineData("apply")]
    public async Task What_writes_takes_back_first_what_was_interrupted(string command)
    {
        await InterruptAsync();

        var done = command == "recover" ? await PatchAsync(0, "recover") : await PatchAsync(0, "apply", _patch);

        Assert.Equal("applied", Outcome(done));
        Assert.Equal(command == "recover" ? Before : "one\nTWO\nthree\n", Text);
        Assert.Equal("applied", Outcome(command == "recover" ? await PatchAsync(0, "check", _patch) : done));
    }

    [Fact]
    public async Task Recovery_that_meets_somebody_elses_change_leaves_it_and_is_exit_code_3()
    {
        await InterruptAsync();
        await File.WriteAllTextAsync(Path.Combine(_root, "a.txt"), "mine\n", CommandRunner.Cancel);

        var recovered = await PatchAsync(3, "recover");

        Assert.Equal("conflicted", Outcome(recovered));
        Assert.Equal(("recovery_conflict", "a.txt"), Assert.Single(recovered.GetProperty("errors").EnumerateArray()) is var error ? (error.GetProperty("code").GetString(), error.GetProperty("file").GetString()) : default);
        Assert.Equal("mine\n", Text);
    }

    [Fact]
    public async Task An_undo_of_what_was_never_applied_is_refused_and_one_that_meets_a_change_is_exit_code_3()
    {
        var never = await PatchAsync(1, "undo", _patch);
        await PatchAsync(0, "apply", _patch);
        await File.WriteAllTextAsync(Path.Combine(_root, "a.txt"), "mine\n", CommandRunner.Cancel);

        var undone = await PatchAsync(3, "undo", _patch);

        Assert.Equal(("not-found", "conflicted"), (Outcome(never), Outcome(undone)));
        Assert.Equal("mine\n", Text);
    }

    /// <summary>Applies, and takes the last word of the journal away again: as if the process had ended before it wrote that.</summary>
    private async Task InterruptAsync()
    {
        const int Magic = 8;
        const int Overhead = 9;
        const byte Prepared = 6;
        await PatchAsync(0, "apply", _patch);
        var journal = Assert.Single(Directory.GetFiles(Path.Combine(_root, ".orchestrator", "patches"), "*.jrnl"));
        var bytes = await File.ReadAllBytesAsync(journal, CommandRunner.Cancel);
        var end = Magic;
        byte kind = 0;
        while (kind != Prepared)
        {
            kind = bytes[end + 4];
            end += BitConverter.ToInt32(bytes, end) + Overhead;
        }

        await File.WriteAllBytesAsync(Path.ChangeExtension(journal, ".open.jrnl"), bytes[..end], CommandRunner.Cancel);
        File.Delete(journal);
    }

    private static string Outcome(JsonElement line) => line.GetProperty("outcome").GetString()!;

    private async Task<JsonElement> PatchAsync(int exitCode, params string[] arguments) =>
        (await _run.JsonAsync(exitCode, ["patch", .. arguments, "--root", _root])).Single();
}
