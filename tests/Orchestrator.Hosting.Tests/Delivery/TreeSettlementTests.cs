using Orchestrator.Storage;
using Orchestrator.Testing;

namespace Orchestrator.Hosting.Tests.Delivery;

public sealed class TreeSettlementTests
{
    [Fact]
    public async Task A_tree_that_cannot_be_settled_stays_written_down_and_the_others_do_not_wait_for_it()
    {
        var token = TestContext.Current.CancellationToken;
        using var rig = new MainJobRig("first");
        using var noRepository = new TemporaryDirectory();
        await rig.Service<ITaskStore>().InitializeAsync(token);
        var holds = rig.Service<TreeHolds>();
        await BeginAsync(holds, noRepository.Path, "execution-1");
        await BeginAsync(holds, rig.Repository.Path, "execution-2");
        Directory.CreateDirectory(Path.Combine(rig.StateDirectory, "snapshots", "execution-1"));

        var settled = await rig.Service<TreeSettlement>().SettleAsync(token);

        Assert.Equal(1, settled);
        Assert.True(holds.IsPending(noRepository.Path));
        Assert.False(holds.IsPending(rig.Repository.Path));
    }

    [Fact]
    public async Task A_repository_that_is_gone_needs_no_settling()
    {
        var token = TestContext.Current.CancellationToken;
        using var rig = new MainJobRig("first");
        await rig.Service<ITaskStore>().InitializeAsync(token);
        var holds = rig.Service<TreeHolds>();
        var gone = Path.Combine(rig.StateDirectory, "gone");
        await BeginAsync(holds, gone, "execution-1");

        await rig.Service<TreeSettlement>().SettleAsync(token);

        Assert.False(holds.IsPending(gone));
    }

    private static async Task BeginAsync(TreeHolds holds, string repository, string executionId)
    {
        using var hold = await holds.EnterAsync(repository, TestContext.Current.CancellationToken);
        hold.Begin(new TreeRecord { Repository = repository, TaskId = "gone-task", ExecutionId = executionId, ApplicationId = executionId + "-a1", Snapshot = new string('a', 40), Verifying = true });
    }
}
