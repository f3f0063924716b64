using static Orchestrator.Patching.ParserCalls;

namespace Orchestrator.Patching;

public sealed class LspEditParserTests
{
    private const string Insert = """{"range": {"start": {"line": 0, "character": 4}, "end": {"line": 0, "character": 4}}, "newText": "x"}""";

    [Fact]
    public void Changes_become_ranges_from_one_in_the_order_of_the_file()
    {
        var patch = Read($$$"""
            {"changes": {"src/a%20b.cs": [
              {"range": {"start": {"line": 9, "character": 2}, "end": {"line": 11, "character": 0}}, "newText": ""},
              {{{Insert}}},
              {"range": {"start": {"line": 0, "character": 4}, "end": {"line": 2147483647, "character": 2147483647}}, "newText": "y\r\n"}
            ], "other.cs": [{{{Insert}}}], "untouched.cs": []}}
            """);

        Assert.Equal(["src/a b.cs", "other.cs"], patch.Files.Select(static file => file.Path));
        Assert.Equal(
            [new TextRange(1, 5, 1, 5), new TextRange(1, 5, int.MaxValue, int.MaxValue), new TextRange(10, 3, 12, 1)],
            patch.Files[0].Edits.Select(static edit => edit.Range!.Value));
        Assert.Equal(["x", "y\r\n", ""], patch.Files[0].Edits.Select(static edit => edit.New.ToString()));
        Assert.All(patch.Files[0].Edits, static edit => Assert.False(edit.IsText));
    }

    [Fact]
    public void Document_changes_make_rename_and_delete_files_in_their_order()
    {
        var patch = Read($$$"""
            {"documentChanges": [
              {"kind": "create", "uri": "new.cs", "options": {"overwrite": true}},
              {"textDocument": {"uri": "new.cs", "version": null}, "edits": [{"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "newText": "all"}]},
              {"kind": "rename", "oldUri": "old.cs", "newUri": "moved.cs"},
              {"textDocument": {"uri": "moved.cs", "version": 3}, "edits": [{{{Insert}}}]},
              {"textDocument": {"uri": "moved.cs", "version": 4}, "edits": [{{{Insert}}}]},
              {"kind": "delete", "uri": "gone.cs", "options": {"recursive": false}}
            ]}
            """);

        Assert.True(patch.IsSequential);
        Assert.Equal(
            [("new.cs", null, FileOperation.Create, 0), ("moved.cs", "old.cs", FileOperation.Rename, 1), ("moved.cs", null, FileOperation.Modify, 1), ("gone.cs", null, FileOperation.Delete, 0)],
            patch.Files.Select(static file => (file.Path, file.OldPath, file.Operation, file.Edits.Count)));
        Assert.Equal(("all", true), (patch.Files[0].Content.ToString(), patch.Files[0].Overwrites));
    }

    [Theory]
    [InlineData("file:///work%20dir/src/%C3%A9.cs", "src/é.cs")]
    [InlineData("src/a.cs", "src/a.cs")]
    public void Uris_below_the_workspace_name_files(string uri, string path)
    {
        var options = new PatchOptions { WorkspaceUri = "file:///work%20dir/" };
        var edit = $$$"""{"textDocument": {"uri": "{{{uri}}}"}, "edits": [{{{Insert}}}]}""";

        Assert.Equal(path, Assert.Single(Read(edit, options: options).Files).Path);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("https://x/y")]
    [InlineData("a.cs?x")]
    [InlineData("a%zz")]
    [InlineData("a%ff")]
    public void A_uri_that_names_no_file_below_the_workspace_is_refused(string uri)
    {
        var error = Refuse($$$"""{"textDocument": {"uri": "{{{uri}}}"}, "edits": [{{{Insert}}}]}""");

        Assert.Equal((PatchConflictCode.PathRefused, 1, 26), (error.Code, error.Line, error.Column));
    }

    [Theory]
    [InlineData("[" + Insert + "]", 2, "does not say which document")]
    [InlineData("""{"x": 1}""", 1, "neither")]
    [InlineData("""{"changes": {"a": [{"range": {"start": {"line": -1, "character": 0}, "end": {"line": 0, "character": 0}}, "newText": ""}]}}""", 49, "at least 0")]
    [InlineData("""{"changes": {"a": [{"range": {"start": {"line": 1, "character": 0}, "end": {"line": 0, "character": 0}}, "newText": ""}]}}""", 30, "ends before it starts")]
    [InlineData("""{"changes": {"a": [{"range": {"start": {"line": 1}, "end": {"line": 0, "character": 0}}, "newText": ""}]}}""", 40, "'character' is missing")]
    [InlineData("""{"changes": {"a": [{"snippet": {"value": "$0"}, "range": {}}]}}""", 32, "Snippets")]
    [InlineData("""{"documentChanges": [{"kind": "move", "uri": "a"}]}""", 31, "no kind of change")]
    [InlineData("""{"documentChanges": [{"kind": "create", "uri": "a", "options": {"ignoreIfExists": true}}]}""", 83, "without conditions")]
    [InlineData("""{"documentChanges": [], "changeAnnotations": {"r": {"needsConfirmation": true}}}""", 47, "confirmation")]
    [InlineData("""{"changes": {}} and more""", 17, "no JSON follows")]
    public void What_is_wrong_is_told_with_its_line_and_column(string json, int column, string words) =>
        RefuseAt(1, column, words, json, PatchFormat.LspEdit);

    [Fact]
    public void A_workspace_edit_that_changes_nothing_is_empty() => Assert.Equal(PatchConflictCode.Empty, Refuse("""{"changes": {}}""").Code);

    [Fact]
    public void Prose_around_the_edit_is_refused() => RefuseAt(2, 1, "Nothing but the JSON", "{\"changes\": {}}\nDone.", PatchFormat.LspEdit);
}
