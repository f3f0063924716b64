using System.Text.Json;

namespace Orchestrator.Providers.Chat;

public sealed class ChatToolTests
{
    [Fact]
    public async Task A_directory_is_listed_to_a_depth_without_what_is_private()
    {
        await using var rig = new ChatRig().Write("b.txt", "12345").Write("a/c/d/deep.txt", "x").Write(".git/config", "x");
        File.CreateSymbolicLink(rig.PathOf("link"), "/etc/passwd");

        var told = await rig.TellAsync("list", ("depth", 2));

        Assert.Equal("a/\na/c/\nb.txt (5 bytes)\nlink (a symbolic link, not followed)", told);
        Assert.Contains("a/c/d/deep.txt (1 bytes)", await rig.TellAsync("list", ("path", "a"), ("depth", "5")), StringComparison.Ordinal);
        Assert.Equal("There is no directory 'none'.", await rig.TellAsync("list", ("path", "none")));
    }

    [Fact]
    public async Task A_long_list_is_cut_and_says_so()
    {
        await using var rig = new ChatRig(options => options.MaxToolOutput = 100_000);
        for (var i = 0; i < 1005; i++)
        {
            rig.Write($"f{i:0000}", "");
        }

        var told = await rig.TellAsync("list");

        Assert.Contains("f0999 (0 bytes)\n[There are more than 1000 entries", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("needle", null, null, "a.cs:2: a needle here\nsub/b.txt:1: needle")]
    [InlineData("NEEDLE", null, true, "a.cs:2: a needle here\nsub/b.txt:1: needle")]
    [InlineData("NEEDLE", null, null, "Nothing was found.")]
    [InlineData("ne+dle$", true, null, "sub/b.txt:1: needle")]
    public async Task Lines_are_found_by_text_or_expression(string pattern, bool? regex, bool? ignoreCase, string expected)
    {
        await using var rig = new ChatRig().Write("a.cs", "first\r\na needle here\r\n").Write("sub/b.txt", "needle\n").Write(".git/config", "needle\n").Write("bin.dat", "needle\0\n");

        Assert.Equal(expected, await rig.TellAsync("search", ("pattern", pattern), ("regex", regex), ("ignore_case", ignoreCase)));
    }

    [Fact]
    public async Task A_search_can_be_held_to_files_and_places()
    {
        await using var rig = new ChatRig().Write("a.cs", "x\n").Write("sub/b.txt", "x\n").Write("sub/c.cs", "x\n");

        Assert.Equal("a.cs:1: x\nsub/c.cs:1: x", await rig.TellAsync("search", ("pattern", "x"), ("files", "*.cs")));
        Assert.Equal("sub/c.cs:1: x", await rig.TellAsync("search", ("pattern", "x"), ("files", "sub/*.cs")));
        Assert.Equal("sub/b.txt:1: x", await rig.TellAsync("search", ("pattern", "x"), ("path", "sub/b.txt")));
        Assert.StartsWith("The pattern cannot be used:", await rig.TellAsync("search", ("pattern", "("), ("regex", true)), StringComparison.Ordinal);
        Assert.StartsWith("The pattern cannot be used:", await rig.TellAsync("search", ("pattern", "(a)\\1"), ("regex", true)), StringComparison.Ordinal);
        Assert.Contains("is refused", await rig.TellAsync("search", ("pattern", "root"), ("path", "/etc")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_are_counted_alike_by_search_and_view()
    {
        await using var rig = new ChatRig().Write("a.txt", "a\u2028b\fc\rd\u0085e\nneedle\n");

        Assert.Equal("a.txt:2: needle", await rig.TellAsync("search", ("pattern", "needle")));
        Assert.EndsWith("2\tneedle\n", await rig.TellAsync("view", ("path", "a.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_that_is_no_valid_text_breaks_nothing()
    {
        await using var rig = new ChatRig().Write("a.txt", "x\n");
        using var half = JsonDocument.Parse("""{"path": "a\\ud800.txt", "operations": [{"file": "a.txt", "operation": "append", "block": "\\udc00"}]}""".Replace("\\\\", "\\", StringComparison.Ordinal));

        Assert.StartsWith("There is no file", await rig.TellAsync("view", ("path", half.RootElement.GetProperty("path"))), StringComparison.Ordinal);
        Assert.StartsWith("Done.", await rig.TellAsync("patch", ("operations", half.RootElement.GetProperty("operations"))), StringComparison.Ordinal);
        Assert.Equal("x\n\uFFFD\n", rig.Read("a.txt"));
    }

    [Fact]
    public async Task A_secret_is_taken_out_before_a_line_is_cut()
    {
        await using var rig = new ChatRig(options => options.SecretNames = ["CHAT_KEY"], secrets: new() { ["CHAT_KEY"] = ChatRig.Secret })
            .Write("a.txt", $"needle {new string('x', 280)} {ChatRig.Secret}\n");

        Assert.DoesNotContain(ChatRig.Secret[..6], await rig.TellAsync("search", ("pattern", "needle")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expression_made_to_explode_does_not()
    {
        await using var rig = new ChatRig().Write("a.txt", new string('a', 20_000) + "!\n");

        Assert.Equal("Nothing was found.", await rig.TellAsync("search", ("pattern", "^(a+)+$"), ("regex", true)));
    }

    [Fact]
    public async Task Many_matches_and_long_lines_are_cut()
    {
        await using var rig = new ChatRig(options => options.MaxToolOutput = 1_000_000).Write("a.txt", string.Concat(Enumerable.Repeat("x" + new string('y', 500) + "\n", 300))).Write("b.txt", "x\n");

        var lines = (await rig.TellAsync("search", ("pattern", "x"))).Split('\n');

        Assert.Equal(201, lines.Length);
        Assert.EndsWith("… (the line has 501 characters)", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("[Only the first 200 lines", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_shown_with_the_numbers_of_its_lines()
    {
        await using var rig = new ChatRig().Write("a.txt", "one\r\ntwo\r\nthree").Write("empty", "");

        Assert.Equal("a.txt: 3 lines, ends of lines are CR LF, the last one has no end\n1\tone\n2\ttwo\n3\tthree\n", await rig.TellAsync("view", ("path", "a.txt")));
        Assert.EndsWith("\n2\ttwo\n", await rig.TellAsync("view", ("path", "a.txt"), ("start", 2), ("end", "2")), StringComparison.Ordinal);
        Assert.Equal("'a.txt' has 3 lines; there are no lines 4 to 9.", await rig.TellAsync("view", ("path", "a.txt"), ("start", 4), ("end", 9)));
        Assert.Equal("empty: 0 lines\n", await rig.TellAsync("view", ("path", "empty")));
        Assert.Equal("The argument 'start' of 'view' must be a whole number of at least 1.", await rig.TellAsync("view", ("path", "a.txt"), ("start", 0)));
        Assert.StartsWith("'view' needs the argument 'path'", await rig.TellAsync("view"), StringComparison.Ordinal);
        Assert.Equal("The argument 'path' of 'view' must be text.", await rig.TellAsync("view", ("path", 7)));
    }

    [Fact]
    public async Task A_long_file_is_cut_at_a_line_and_says_where_to_go_on()
    {
        await using var rig = new ChatRig(options => options.MaxToolOutput = 1000).Write("a.txt", string.Concat(Enumerable.Range(1, 500).Select(i => $"line {i}\n")));

        var told = await rig.TellAsync("view", ("path", "a.txt"));

        Assert.InRange(told.Length, 500, 1000);
        var next = int.Parse(told[(told.IndexOf("from line ", StringComparison.Ordinal) + 10)..].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains($"\n{next - 1}\tline {next - 1}\n[Cut here", told, StringComparison.Ordinal);
        Assert.Contains($"\n{next}\tline {next}\n", await rig.TellAsync("view", ("path", "a.txt"), ("start", next)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operations_on_several_files_are_done_as_a_whole()
    {
        await using var rig = new ChatRig().Write("a.txt", "one\ntwo\nthree\n").Write("b.txt", "x\n");

        var refused = await rig.TellAsync("patch", ("operations", Operations(
            new { file = "b.txt", operation = "append", block = "y\n" }, new { file = "a.txt", operation = "replace-block", start = 2, end = 2, block = "2\n", expect = "zwei\n" })));
        var before = rig.Read("b.txt");
        var done = await rig.TellAsync("patch", ("operations", Operations(
            new { file = rig.PathOf("b.txt"), operation = "append", block = "y\n", task_id = "another" },
            new { file = "a.txt", operation = "replace-block", start = 2, end = 2, block = "2\n", expect = "two\n" },
            new { file = "a.txt", operation = "insert-after", line = 3, block = "four\n" })));

        Assert.StartsWith("The edit was refused. Nothing was written.", refused, StringComparison.Ordinal);
        Assert.Equal("x\n", before);
        Assert.StartsWith("Done.", done, StringComparison.Ordinal);
        Assert.Equal(("one\n2\nthree\nfour\n", "x\ny\n"), (rig.Read("a.txt"), rig.Read("b.txt")));
        Assert.StartsWith("The edit was refused.", await rig.TellAsync("patch", ("operations", Operations(new { file = "a.txt", operation = "explode", block = "" }))), StringComparison.Ordinal);
        Assert.StartsWith("Every operation needs", await rig.TellAsync("patch", ("operations", Operations(new { operation = "append", block = "" }))), StringComparison.Ordinal);
        Assert.Contains("is refused", await rig.TellAsync("patch", ("operations", Operations(new { file = "../x", operation = "append", block = "" }))), StringComparison.Ordinal);
        Assert.Equal("The argument 'operations' of 'patch' must be a list of objects.", await rig.TellAsync("patch", ("operations", "nonsense")));
    }

    [Fact]
    public async Task Every_place_of_a_text_can_be_replaced_and_an_edit_done_twice_is_told()
    {
        await using var rig = new ChatRig().Write("a.txt", "x x\nx\n");

        Assert.StartsWith("Done.", await rig.TellAsync("edit", ("path", "a.txt"), ("old_str", "x"), ("new_str", "y"), ("replace_all", true)), StringComparison.Ordinal);
        Assert.Equal("y y\ny\n", rig.Read("a.txt"));
        Assert.StartsWith("An edit needs", await rig.TellAsync("edit", ("path", "a.txt"), ("old_str", ""), ("new_str", "y")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_made_moved_and_removed()
    {
        await using var rig = new ChatRig().Write("a.txt", "x\n").Write("taken.txt", "t\n");

        Assert.StartsWith("Done.", await rig.TellAsync("move", ("path", "a.txt"), ("to", "sub/b.txt")), StringComparison.Ordinal);
        Assert.Equal((false, "x\n"), (File.Exists(rig.PathOf("a.txt")), rig.Read("sub/b.txt")));
        Assert.StartsWith("The edit was refused.", await rig.TellAsync("move", ("path", "sub/b.txt"), ("to", "taken.txt")), StringComparison.Ordinal);
        Assert.StartsWith("The edit was refused.", await rig.TellAsync("create", ("path", "taken.txt"), ("file_text", "new")), StringComparison.Ordinal);
        Assert.StartsWith("Done.", await rig.TellAsync("delete", ("path", "sub/b.txt")), StringComparison.Ordinal);
        Assert.StartsWith("Done.", await rig.TellAsync("create", ("path", "empty.txt"), ("file_text", "")), StringComparison.Ordinal);
        Assert.Equal((false, "", "t\n"), (File.Exists(rig.PathOf("sub/b.txt")), rig.Read("empty.txt"), rig.Read("taken.txt")));
    }

    [Theory]
    [InlineData("edit")]
    [InlineData("create")]
    [InlineData("delete")]
    [InlineData("move")]
    public async Task No_edit_leaves_the_workspace_or_follows_a_link(string tool)
    {
        await using var rig = new ChatRig().Write("a.txt", "x\n");
        var outside = Path.Combine(rig.Workspace.HomeDirectory, "o.txt");
        await File.WriteAllTextAsync(outside, "x\n", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(rig.PathOf("link.txt"), outside);
        Directory.CreateSymbolicLink(rig.PathOf("dir"), rig.Workspace.HomeDirectory);

        foreach (var path in new[] { outside, "../home/o.txt", "link.txt", "dir/o.txt", "dir/new.txt", ".git/hooks/pre-commit" })
        {
            var told = await rig.TellAsync(tool, ("path", path), ("old_str", "x"), ("new_str", "y"), ("file_text", "y"), ("to", "c.txt"));
            Assert.Contains("is refused", told, StringComparison.Ordinal);
        }

        Assert.Equal("x\n", await File.ReadAllTextAsync(outside, TestContext.Current.CancellationToken));
        Assert.Equal(["o.txt"], Directory.GetFiles(rig.Workspace.HomeDirectory).Select(Path.GetFileName));
        Assert.Contains("is refused", await rig.TellAsync("move", ("path", "a.txt"), ("to", "../home/a.txt")), StringComparison.Ordinal);
        Assert.Equal("x\n", rig.Read("a.txt"));
    }

    [Fact]
    public async Task The_hosts_policy_holds_for_the_models_edits()
    {
        await using var rig = new ChatRig(policy: options => options.ProtectedPaths.Add("ci/**")).Write("ci/run", "x\n");

        Assert.Contains("ci/run", await rig.TellAsync("edit", ("path", "ci/run"), ("old_str", "x"), ("new_str", "y")), StringComparison.Ordinal);
        Assert.Equal("x\n", rig.Read("ci/run"));
    }

    private static JsonElement Operations(params object[] operations) => JsonSerializer.SerializeToElement(operations);
}
