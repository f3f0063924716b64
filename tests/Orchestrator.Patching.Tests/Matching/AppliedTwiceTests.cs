using Orchestrator.Testing;

namespace Orchestrator.Patching;

public sealed class AppliedTwiceTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(PatchFormat.UnifiedDiff, "--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,3 @@\n one\n+new\n two\n")]
    [InlineData(PatchFormat.ApplyPatch, "*** Begin Patch\n*** Update File: a.txt\n@@\n one\n+new\n two\n*** End Patch\n")]
    [InlineData(PatchFormat.SearchReplace, "a.txt\n<<<<<<< SEARCH\none\ntwo\n=======\none\nnew\ntwo\n>>>>>>> REPLACE\n")]
    [InlineData(PatchFormat.StrReplace, "{\"path\":\"a.txt\",\"old_str\":\"one\\ntwo\",\"new_str\":\"one\\nnew\\ntwo\"}")]
    [InlineData(PatchFormat.AIPatch, "{\"file\":\"a.txt\",\"operation\":\"insert-after\",\"line\":1,\"block\":\"new\\n\",\"expect\":\"one\\n\"}")]
    [InlineData(PatchFormat.AIPatch, "{\"file\":\"a.txt\",\"operation\":\"insert-after\",\"line\":1,\"block\":\"new\\n\"}")]
    [InlineData(PatchFormat.AIPatch, "{\"file\":\"a.txt\",\"operation\":\"append\",\"block\":\"new\\n\"}")]
    public async Task A_patch_that_is_applied_twice_is_told_and_not_doubled(PatchFormat format, string patch)
    {
        var root = _folder.Combine("tree");
        _folder.Write("tree/a.txt", "one\r\ntwo\r\n");
        var manager = new PatchManager(PatchCalls.Beside(root));
        var set = manager.Parse(System.Text.Encoding.UTF8.GetBytes(patch), "task", format).Patch!;

        var first = await manager.ApplyAsync(new PatchRequest { Id = "a1", Root = root, Patch = set }, TestContext.Current.CancellationToken);
        var once = TreeState.Read(root);
        var second = await manager.ApplyAsync(new PatchRequest { Id = "a2", Root = root, Patch = set }, TestContext.Current.CancellationToken);

        Assert.Equal((PatchOutcome.Applied, PatchOutcome.AlreadyApplied), (first.Outcome, second.Outcome));
        Assert.Equal("", TreeState.Difference(once, TreeState.Read(root)));
    }

    [Fact]
    public async Task A_file_that_changed_so_that_the_patch_does_not_fit_is_not_written()
    {
        var root = _folder.Combine("tree");
        _folder.Write("tree/a.txt", "one\nchanged\n");
        var before = TreeState.Read(root);
        var manager = new PatchManager(PatchCalls.Beside(root));

        var result = await manager.ApplyAsync(root, "--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n");

        Assert.Equal((PatchOutcome.Rejected, PatchConflictCode.ContextNotFound), (result.Outcome, result.Conflicts[0].Code));
        Assert.Equal("", TreeState.Difference(before, TreeState.Read(root)));
    }
}
