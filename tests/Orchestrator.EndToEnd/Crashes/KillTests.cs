using Orchestrator.EndToEnd.Kit;

namespace Orchestrator.EndToEnd.Crashes;

public sealed class KillTests
{
    private const int TimeLimit = 180_000;

    [Theory(Timeout = TimeLimit)]
    [InlineData("leased", 2)]
    [InlineData("routed", 2)]
    [InlineData("collected", 1)]
    [InlineData("applying", 1)]
    [InlineData("verified", 1)]
    [InlineData("finished", 1)]
    public async Task A_run_that_is_killed_at_a_step_is_finished_by_the_next_worker_and_pays_no_agent_twice_whose_changes_are_kept(string step, int mostRuns)
    {
        using var rig = new CrashRig();
        await KillAtAsync(rig, step);

        var settled = await rig.DrainAsync();

        Assert.Equal("completed", settled.State);
        Assert.True(settled.IsNew, settled.Shown.ToString());
        Assert.Equal("verified", settled.Shown.Status);
        Assert.InRange(rig.AgentRuns, 1, mostRuns);
    }

    [Theory(Timeout = TimeLimit)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_run_that_is_killed_between_two_writes_leaves_the_new_tree_once_it_is_taken_up_again(int seed)
    {
        using var rig = new CrashRig();
        await using (var program = rig.Run())
        {
            await CrashRig.ReachAsync(program, "applying");
            rig.WaitForWrite(seed);
            await program.KillAsync(TestContext.Current.CancellationToken);
        }

        var settled = await rig.DrainAsync();

        Assert.Equal("completed", settled.State);
        Assert.True(settled.IsNew, settled.Shown.ToString());
        Assert.Equal(1, rig.AgentRuns);
    }

    [Theory(Timeout = TimeLimit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_agent_that_outlives_a_killed_run_does_no_harm(bool released)
    {
        using var rig = new CrashRig();
        rig.AgentGate.Close();
        await KillAtGateAsync(rig.Run(), rig.AgentGate);
        Assert.NotEmpty(CrashProcesses.Marked(rig.Cli.Root));
        if (released)
        {
            await rig.AgentGate.ReleaseAsync();
        }

        rig.AgentGate.Open();
        var settled = await rig.DrainAsync();

        Assert.Equal("completed", settled.State);
        Assert.True(settled.IsNew, settled.Shown.ToString());
        Assert.Equal(2, rig.AgentRuns);
    }

    [Theory(Timeout = TimeLimit)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_run_that_is_killed_while_it_verifies_is_verified_again_and_the_first_verify_command_is_ended(int exitCode)
    {
        using var rig = new CrashRig();
        rig.VerifyGate.Close();
        rig.VerifyEndsWith(exitCode);
        await KillAtGateAsync(rig.Run(), rig.VerifyGate);
        Assert.NotEmpty(CrashProcesses.Marked(rig.Cli.Root));
        rig.VerifyGate.Open();

        var settled = await rig.DrainAsync();

        Assert.Equal(exitCode == 0, settled.IsNew);
        Assert.Equal(exitCode == 0 ? "verified" : "verification_failed", settled.Shown.Status);
        Assert.Equal(1, rig.AgentRuns);
    }

    [Theory(Timeout = TimeLimit)]
    [InlineData("verified")]
    [InlineData("restored")]
    [InlineData("finished")]
    public async Task A_run_that_is_killed_while_the_tree_is_restored_leaves_the_old_tree(string step)
    {
        using var rig = new CrashRig();
        rig.VerifyEndsWith(1);
        await KillAtAsync(rig, step);

        var settled = await rig.DrainAsync();

        Assert.Equal("discarded", settled.State);
        Assert.False(settled.IsNew);
        Assert.Equal("verification_failed", settled.Shown.Status);
        Assert.Equal(1, rig.AgentRuns);
    }

    [Theory(Timeout = TimeLimit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_task_whose_workers_are_killed_four_times_is_discarded_and_leaves_the_old_tree(bool whileTheAgentRuns)
    {
        using var rig = new CrashRig();
        var gate = whileTheAgentRuns ? rig.AgentGate : rig.VerifyGate;
        gate.Close();
        await KillAtGateAsync(rig.Run(), gate);
        await KillAtGateAsync(rig.Work(), gate);
        await KillAtGateAsync(rig.Work(), gate);
        await KillAtGateAsync(rig.Work(), gate);

        var settled = await rig.DrainAsync();

        Assert.Equal("discarded", settled.State);
        Assert.False(settled.IsNew);
        Assert.Equal("failed", settled.Shown.Status);
        Assert.Contains("worker died 4 times", settled.Shown.FailureMessage, StringComparison.Ordinal);
        Assert.Equal(whileTheAgentRuns ? 4 : 1, rig.AgentRuns);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_task_that_was_discarded_after_crashes_can_be_tried_again()
    {
        using var rig = new CrashRig();
        rig.VerifyGate.Close();
        await KillAtGateAsync(rig.Run(), rig.VerifyGate);
        await KillAtGateAsync(rig.Work(), rig.VerifyGate);
        await KillAtGateAsync(rig.Work(), rig.VerifyGate);
        await KillAtGateAsync(rig.Work(), rig.VerifyGate);
        var discarded = await rig.DrainAsync();
        rig.VerifyGate.Open();

        var retried = await rig.Cli.RunAsync("tasks", "retry", discarded.Shown.Report.GetProperty("task_id").GetString()!);
        var settled = await rig.DrainAsync();

        Assert.Equal(0, retried.ExitCode);
        Assert.Equal("completed", settled.State);
        Assert.True(settled.IsNew, settled.Shown.ToString());
        Assert.Equal(1, rig.AgentRuns);
    }

    private static async Task KillAtAsync(CrashRig rig, string step)
    {
        await using var program = rig.Run();
        await CrashRig.ReachAsync(program, step);
        await program.KillAsync(TestContext.Current.CancellationToken);
    }

    private static async Task KillAtGateAsync(RunningProgram started, CrashGate gate)
    {
        await using var program = started;
        await gate.ReachedAsync();
        await program.KillAsync(TestContext.Current.CancellationToken);
    }
}
