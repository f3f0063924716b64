using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>A patch set is written in another form against a directory, and does there what the patch set does.</summary>
public sealed class FormatAsyncTests
{
    private const string Diff = """
        diff --git a/a.cs b/a.cs
        --- a/a.cs
        +++ b/a.cs
        @@ -2,3 +2,4 @@
         two
        -three
        +THREE
        +and more
         four
        @@ -8,2 +9,1 @@
         eight
        -nine
        diff --git a/dir/new.txt b/dir/new.txt
        new file mode 100644
        --- /dev/null
        +++ b/dir/new.txt
        @@ -0,0 +1,2 @@
        +made
        +new

        """;

    private const string Deletion = "diff --git a/gone.txt b/gone.txt\ndeleted file mode 100644\n--- a/gone.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-gone\n";

    public static TheoryData<PatchFormat> Formats =>
        [PatchFormat.UnifiedDiff, PatchFormat.PatchSet, PatchFormat.AIPatch, PatchFormat.ApplyPatch, PatchFormat.SearchReplace, PatchFormat.StrReplace, PatchFormat.LspEdit];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task What_is_written_in_a_form_does_what_the_patch_set_does(PatchFormat format)
    {
        using var folder = new TemporaryDirectory();
        var (root, wanted) = (Tree(folder, "root"), Tree(folder, "wanted"));
        var manager = new PatchManager(PatchCalls.Beside(root));
        await new PatchManager(PatchCalls.Beside(wanted)).ApplyAsync(wanted, Diff);

        var text = await manager.FormatAsync(manager.Read(Diff), root, format, Token);
        var applied = await manager.ApplyAsync(root, text.Bytes.ToArray());

        Assert.Empty(applied.Conflicts);
        Assert.Equal(PatchOutcome.Applied, applied.Outcome);
        PatchCalls.AssertSame(wanted, root);
    }

    [Theory]
    [InlineData(PatchFormat.AIPatch)]
    [InlineData(PatchFormat.SearchReplace)]
    [InlineData(PatchFormat.StrReplace)]
    [InlineData(PatchFormat.WholeFile)]
    public async Task A_form_that_cannot_delete_says_so_by_its_code(PatchFormat format)
    {
        using var folder = new TemporaryDirectory();
        var root = Tree(folder, "root");
        var manager = new PatchManager(PatchCalls.Beside(root));

        var error = await Assert.ThrowsAsync<PatchingException>(() => manager.FormatAsync(manager.Read(Deletion), root, format, Token).AsTask());

        Assert.Equal(PatchingException.FormatInsufficient, error.Code);
        Assert.Contains("gone.txt", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PatchFormat.UnifiedDiff)]
    [InlineData(PatchFormat.PatchSet)]
    [InlineData(PatchFormat.ApplyPatch)]
    [InlineData(PatchFormat.LspEdit)]
    public async Task A_form_that_can_delete_deletes(PatchFormat format)
    {
        using var folder = new TemporaryDirectory();
        var root = Tree(folder, "root");
        var manager = new PatchManager(PatchCalls.Beside(root));

        var text = await manager.FormatAsync(manager.Read(Deletion), root, format, Token);
        await manager.ApplyAsync(root, text.Bytes.ToArray());

        Assert.False(File.Exists(Path.Combine(root, "gone.txt")));
        Assert.True(File.Exists(Path.Combine(root, "a.cs")));
    }

    [Fact]
    public async Task Whole_files_are_written_for_changed_files_too()
    {
        using var folder = new TemporaryDirectory();
        var root = Tree(folder, "root");
        var manager = new PatchManager(PatchCalls.Beside(root));

        var text = await manager.FormatAsync(manager.Read(Diff), root, PatchFormat.WholeFile, Token);

        var patch = ParserCalls.Read(text.ToString());
        Assert.Equal(["a.cs", "dir/new.txt"], patch.Files.Select(static file => file.Path));
        Assert.Contains("\nTHREE\nand more\n", patch.Files[0].Content.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_patch_set_that_does_not_fit_is_written_as_nothing()
    {
        using var folder = new TemporaryDirectory();
        var root = Tree(folder, "root");
        var manager = new PatchManager(PatchCalls.Beside(root));
        var patch = manager.Read(Diff.Replace("-three", "-drei", StringComparison.Ordinal));

        Assert.True((await manager.FormatAsync(patch, root, PatchFormat.ApplyPatch, Token)).IsEmpty);
    }

    private static string Tree(TemporaryDirectory folder, string name)
    {
        var root = folder.Combine(name);
        Directory.CreateDirectory(root);
        File.WriteAllText(Path.Combine(root, "a.cs"), "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n");
        File.WriteAllText(Path.Combine(root, "gone.txt"), "gone\n");
        return root;
    }
}
