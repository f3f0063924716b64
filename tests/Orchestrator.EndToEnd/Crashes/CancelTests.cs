using System.Diagnostics;
using System.Globalization;
using Orchestrator.EndToEnd.Kit;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd.Crashes;

public sealed class CancelTests
{
    private const int TimeLimit = 180_000;
    private const int Cancelled = 130;

    [Theory(Timeout = TimeLimit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_interrupt_ends_the_task_as_cancelled_and_leaves_the_old_tree(bool whileTheAgentRuns)
    {
        using var rig = new CrashRig();
        var gate = whileTheAgentRuns ? rig.AgentGate : rig.VerifyGate;
        gate.Close();
        await using var program = rig.Run();
        await gate.ReachedAsync();
        await InterruptAsync(program);

        await AssertCancelledAsync(rig, program);
    }

    [Theory(Timeout = TimeLimit)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_interrupt_between_two_writes_takes_all_of_them_back(int seed)
    {
        using var rig = new CrashRig();
        rig.VerifyGate.Close(); // Were it too late for the writes, the verify command would be interrupted.
        await using var program = rig.Run();
        await CrashRig.ReachAsync(program, "applying");
        rig.WaitForWrite(seed);
        await InterruptAsync(program);

        await AssertCancelledAsync(rig, program);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_task_that_another_process_cancels_while_it_verifies_leaves_the_old_tree()
    {
        using var rig = new CrashRig();
        rig.VerifyGate.Close();
        await using var program = rig.Run();
        await rig.VerifyGate.ReachedAsync();
        var listed = await rig.Cli.RunAsync("tasks", "list", "--config", rig.Config);
        var cancelled = await rig.Cli.RunAsync("tasks", "cancel", Assert.Single(listed.Lines).GetProperty("task").GetProperty("id").GetString()!);

        Assert.Equal(0, cancelled.ExitCode);
        await AssertCancelledAsync(rig, program);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_worker_that_is_interrupted_while_it_verifies_gives_the_task_back_and_the_next_one_goes_on_with_the_same_changes()
    {
        using var rig = new CrashRig();
        rig.VerifyGate.Close();
        await using (var run = rig.Run())
        {
            await rig.VerifyGate.ReachedAsync();
            await run.KillAsync(TestContext.Current.CancellationToken);
        }

        await using (var worker = rig.Work())
        {
            await rig.VerifyGate.ReachedAsync();
            await InterruptAsync(worker);
            Assert.Equal(Cancelled, await worker.WaitAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal("", TreeState.Difference(rig.Before, rig.Tree()));
        rig.VerifyGate.Open();
        var settled = await rig.DrainAsync();

        Assert.Equal("completed", settled.State);
        Assert.True(settled.IsNew, settled.Shown.ToString());
        Assert.Equal(1, rig.AgentRuns);
    }

    private static async Task AssertCancelledAsync(CrashRig rig, RunningProgram program)
    {
        var exitCode = await program.WaitAsync(TestContext.Current.CancellationToken);
        var settled = await rig.SettledAsync();

        Assert.Equal(Cancelled, exitCode);
        Assert.Equal("cancelled", settled.State);
        Assert.Equal("cancelled", settled.Shown.Status);
        Assert.False(settled.IsNew);
    }

    private static async Task InterruptAsync(RunningProgram program)
    {
        using var kill = Process.Start("kill", ["-INT", program.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }
}
