namespace Orchestrator.Patching;

public sealed class PatchReversalTests
{
    private const string Diff = """
        diff --git a/m b/m
        old mode 100644
        new mode 100755
        --- a/m
        +++ b/m
        @@ -1,2 +1,3 @@
         one
        +new
         two
        @@ -9 +10 @@
        -nine
        +9
        diff --git a/old b/new
        similarity index 100%
        rename from old
        rename to new
        diff --git a/c b/c
        new file mode 100644
        --- /dev/null
        +++ b/c
        @@ -0,0 +1 @@
        +c
        diff --git a/d b/d
        deleted file mode 100755
        --- a/d
        +++ /dev/null
        @@ -1 +0,0 @@
        -d

        """;

    [Fact]
    public void Everything_is_turned_round_and_twice_is_as_before()
    {
        var patch = new PatchManager().Read(Diff);

        var reversed = PatchReversal.Reverse(patch).Patch!;
        var again = PatchReversal.Reverse(reversed).Patch!;

        Assert.Equal(
            [("d", FileOperation.Create), ("c", FileOperation.Delete), ("old", FileOperation.Rename), ("m", FileOperation.Modify)],
            reversed.Files.Select(static file => (file.Path, file.Operation)));
        Assert.Equal((PatchFileMode.Executable, "d\n"), (reversed.Files[0].NewMode, reversed.Files[0].Content.ToString()));
        Assert.Equal([(1, "one\nnew\ntwo\n"), (10, "9\n")], reversed.Files[3].Edits.Select(static edit => (edit.Line!.Value, edit.Old.ToString())));
        Assert.Equal(patch.Files.Select(static file => (file.Path, file.OldPath, file.Operation)), again.Files.Select(static file => (file.Path, file.OldPath, file.Operation)));
        Assert.Equal(patch.Files[0].Edits, again.Files[0].Edits);
    }

    [Fact]
    public void A_patch_that_does_not_hold_the_file_before_cannot_be_turned_round()
    {
        var patch = new PatchSet { TaskId = "task", Files = [new FilePatch { Path = "x", Operation = FileOperation.Modify, Content = PatchContent.FromText("new") }] };

        var result = PatchReversal.Reverse(patch);

        Assert.Equal((PatchConflictCode.OperationRefused, "x"), (result.Error!.Code, result.Error.Path));
    }
}
