using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Auditing;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

public sealed class PatchAuditTests : IDisposable
{
    private const string Diff = "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n";

    private readonly TemporaryDirectory _root = new();
    private readonly KeptOperations _log = new();

    public PatchAuditTests() => File.WriteAllText(_root.Combine("a.txt"), "one\ntwo\nthree\n");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task An_application_stands_in_the_log_with_who_made_it_and_both_hashes()
    {
        var manager = new PatchManager(operations: _log);

        var application = await manager.ApplyAsync(Request(manager, Diff, "a1"), Token);

        var operation = Assert.Single(_log.Kept);
        Assert.Equal((OperationNames.PatchApplied, OperationOutcome.Succeeded, "task-7", "jules"), (operation.Name, operation.Outcome, operation.TaskId, operation.Provider));
        Assert.Equal("a1", operation.Data["application_id"]);
        Assert.Equal("some-model", operation.Data["model"]);
        Assert.Equal("0.75", operation.Data["confidence"]);
        var file = Assert.Single(application.Files);
        Assert.Equal($"modify {file.BeforeHash} {file.AfterHash}", operation.Data["file:a.txt"]);
    }

    [Fact]
    public async Task A_refusal_and_a_reversal_stand_in_the_log_too()
    {
        var manager = new PatchManager(operations: _log);
        await manager.ApplyAsync(Request(manager, Diff.Replace(" one", " none", StringComparison.Ordinal), "a1"), Token);
        await manager.ApplyAsync(Request(manager, Diff, "a2"), Token);

        await manager.RevertAsync(_root.Path, "a2", Token);

        Assert.Equal([OperationOutcome.Refused, OperationOutcome.Succeeded, OperationOutcome.Succeeded], _log.Kept.Select(operation => operation.Outcome));
        Assert.StartsWith("context_not_found a.txt:", _log.Kept[0].Data["conflict:0"], StringComparison.Ordinal);
        Assert.Equal(OperationNames.PatchReverted, _log.Kept[2].Name);
    }

    [Fact]
    public async Task A_log_that_fails_is_told_and_the_same_call_again_heals_it()
    {
        var manager = new PatchManager(operations: _log);
        var request = Request(manager, Diff, "a1");
        _log.Failure = new IOException("full");

        await Assert.ThrowsAsync<IOException>(async () => await manager.ApplyAsync(request, Token));
        _log.Failure = null;
        var again = await manager.ApplyAsync(request, Token);

        Assert.Equal(PatchOutcome.Applied, again.Outcome);
        Assert.Equal("a1", Assert.Single(_log.Kept).Data["application_id"]);
        Assert.Equal("one\nTWO\nthree\n", await File.ReadAllTextAsync(_root.Combine("a.txt"), Token));
    }

    [Fact]
    public async Task A_registered_manager_writes_to_the_registered_log_unless_the_host_does_so_itself()
    {
        await using var one = new ServiceCollection().AddSingleton<IOperationLog>(_log).AddPatchManager().Services.BuildServiceProvider();
        await using var other = new ServiceCollection().AddSingleton<IOperationLog>(_log).AddPatchManager(options => options.RecordOperations = false).Services.BuildServiceProvider();
        var manager = other.GetRequiredService<IPatchManager>();

        await manager.ApplyAsync(Request(manager, Diff, "a1"), Token);
        Assert.Empty(_log.Kept);
        await one.GetRequiredService<IPatchManager>().RevertAsync(_root.Path, "a1", Token);

        Assert.Equal(OperationNames.PatchReverted, Assert.Single(_log.Kept).Name);
    }

    private PatchRequest Request(IPatchManager manager, string diff, string id)
    {
        var patch = Assert.IsType<PatchSet>(manager.Parse(Encoding.UTF8.GetBytes(diff), "task-7").Patch);
        return new() { Id = id, Root = _root.Path, Patch = patch with { Metadata = new() { Provider = "jules", Model = "some-model", Confidence = 0.75 } } };
    }
}
