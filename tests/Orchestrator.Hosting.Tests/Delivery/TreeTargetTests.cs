using Orchestrator.Queue.Workers;
using Orchestrator.Testing;

namespace Orchestrator.Hosting.Tests.Delivery;

public sealed class TreeTargetTests
{
    [Fact]
    public async Task A_failed_verification_leaves_the_old_tree_and_nothing_else()
    {
        using var rig = new MainJobRig("first");
        var before = rig.Repository.Tree();

        var result = await rig.HandleAsync(rig.Task("sh -c 'echo dirt >> kept.txt; exit 1'"));

        Assert.Equal(AgentTaskStatus.VerificationFailed, MainJobRig.ReportOf(result).Status);
        Assert.Equal("", TreeState.Difference(before, rig.Repository.Tree()));
        Assert.Empty(rig.Leaks());
        Assert.False(rig.Service<TreeHolds>().IsPending(rig.Repository.Path));
    }

    [Theory]
    [InlineData("applying")]
    [InlineData("verifying")]
    [InlineData("restoring")]
    [InlineData("settled")]
    public async Task A_worker_that_lost_its_lease_touches_nothing_more_and_its_successor_ends_the_task(string phase)
    {
        using var rig = new MainJobRig("first");
        var before = rig.Repository.Tree();
        var task = rig.Task(phase == "settled" ? "true" : "false");
        rig.Leases.IsLost = checkpoint => checkpoint.StartsWith($"{{\"phase\":\"{phase}\"", StringComparison.Ordinal);
        await Assert.ThrowsAsync<OperationCanceledException>(() => rig.HandleAsync(task));
        var atLoss = rig.Repository.Tree();
        rig.Leases.IsLost = _ => false;

        var result = await rig.HandleAsync(task, crashes: 1, rig.Leases.Checkpoints[^1]);

        Assert.Equal(phase == "applying", TreeState.Difference(before, atLoss).Length == 0);
        Assert.Equal(phase == "settled" ? AgentTaskStatus.Verified : AgentTaskStatus.VerificationFailed, MainJobRig.ReportOf(result).Status);
        Assert.Equal(phase != "settled", TreeState.Difference(before, rig.Repository.Tree()).Length == 0);
        Assert.Equal(1, rig.Providers[0].Runs);
        Assert.Empty(rig.Leaks());
        Assert.False(rig.Service<TreeHolds>().IsPending(rig.Repository.Path));
    }

    [Fact]
    public async Task A_task_whose_checkpoint_cannot_be_read_takes_back_what_it_began_and_starts_again()
    {
        using var rig = new MainJobRig("first");
        rig.Leases.IsLost = checkpoint => checkpoint.StartsWith("{\"phase\":\"settled\"", StringComparison.Ordinal);
        await Assert.ThrowsAsync<OperationCanceledException>(() => rig.HandleAsync(rig.Task()));
        rig.Leases.IsLost = _ => false;

        var result = await rig.HandleAsync(rig.Task(), crashes: 1, "{\"phase\":");

        Assert.True(result.Status == TaskHandlerStatus.Completed, result.Failure?.Message);
        Assert.Equal(2, rig.Providers[0].Runs);
        Assert.Equal("first\n", rig.Repository.Read("made.txt"));
        Assert.Empty(rig.Leaks());
    }

    [Fact]
    public async Task A_kept_patch_that_is_gone_is_told_and_leaves_the_old_tree()
    {
        using var rig = new MainJobRig("first");
        rig.Leases.IsLost = checkpoint => checkpoint.StartsWith("{\"phase\":\"restoring\"", StringComparison.Ordinal);
        await Assert.ThrowsAsync<OperationCanceledException>(() => rig.HandleAsync(rig.Task("false")));
        rig.Leases.IsLost = _ => false;
        Directory.Delete(Path.Combine(rig.StateDirectory, "patches"), recursive: true);

        var result = await rig.HandleAsync(rig.Task("false"), crashes: 1, rig.Leases.Checkpoints[^1]);

        Assert.Equal(AgentTaskStatus.PatchRejected, MainJobRig.ReportOf(result).Status);
        Assert.Equal("", rig.Repository.Status());
        Assert.Empty(rig.Leaks());
    }

    [Fact]
    public async Task A_delivery_that_breaks_off_with_an_exception_leaves_the_old_tree()
    {
        using var rig = new MainJobRig("first");
        rig.Logs.Refuse = operation => operation.Name == Orchestrator.Auditing.OperationNames.Verified;

        var result = await rig.HandleAsync(rig.Task());

        Assert.Equal(TaskHandlerStatus.Failed, result.Status);
        Assert.Contains("disk is full", MainJobRig.ReportOf(result).Failure!.Message, StringComparison.Ordinal);
        Assert.Equal("", rig.Repository.Status());
        Assert.Empty(rig.Leaks());
        Assert.False(rig.Service<TreeHolds>().IsPending(rig.Repository.Path));
    }
}
