using Orchestrator.Testing;

namespace Orchestrator.EndToEnd.Crashes;

public sealed class SharedStateTests
{
    private const int TimeLimit = 180_000;

    [Fact(Timeout = TimeLimit)]
    public async Task Two_processes_with_one_state_directory_run_two_tasks_on_two_repositories()
    {
        using var rig = new CrashRig();
        using var other = GitRepository.Init();
        other.Write("kept.txt", "kept\n");
        other.Commit("start");
        rig.VerifyGate.Close();
        await using var first = rig.Run();
        await rig.VerifyGate.ReachedAsync();

        await using var second = rig.RunAdder(other.Path);
        var secondExit = await second.WaitAsync(TestContext.Current.CancellationToken);
        rig.VerifyGate.Open();
        await first.KillAsync(TestContext.Current.CancellationToken);

        Assert.True(secondExit == 0, second.Output + second.Errors);
        Assert.Equal("added\n", other.Read(CrashRig.AddedFile));
        Assert.Equal("", TreeState.Difference(rig.After, rig.Tree()));
    }

    [Theory(Timeout = TimeLimit)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_task_waits_with_its_changes_until_another_one_has_verified_or_left_the_same_tree(int exitCode)
    {
        using var rig = new CrashRig();
        rig.VerifyGate.Close();
        rig.VerifyEndsWith(exitCode);
        await using var first = rig.Run();
        await rig.VerifyGate.ReachedAsync();
        await using var second = rig.RunAdder(rig.Repository);
        await CrashRig.ReachAsync(second, "collected");
        Assert.False(File.Exists(Path.Combine(rig.Repository, CrashRig.AddedFile)));
        await rig.VerifyGate.ReleaseAsync();

        var firstExit = await first.WaitAsync(TestContext.Current.CancellationToken);
        var secondExit = await second.WaitAsync(TestContext.Current.CancellationToken);

        Assert.True(firstExit == exitCode, first.Output + first.Errors);
        Assert.True(secondExit == 0, second.Output + second.Errors);
        File.Delete(Path.Combine(rig.Repository, CrashRig.AddedFile));
        File.Delete(Path.Combine(rig.Repository, CrashScripts.EvilFile));
        Assert.Equal("", TreeState.Difference(exitCode == 0 ? rig.After : rig.Before, rig.Tree()));
        Assert.Empty(rig.Cli.Leaks());
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_task_that_comes_to_the_tree_of_a_killed_one_takes_its_changes_back_first()
    {
        using var rig = new CrashRig();
        rig.VerifyGate.Close();
        await using (var first = rig.Run())
        {
            await rig.VerifyGate.ReachedAsync();
            await first.KillAsync(TestContext.Current.CancellationToken);
        }

        rig.VerifyGate.Open();
        await using var second = rig.RunAdder(rig.Repository);
        var secondExit = await second.WaitAsync(TestContext.Current.CancellationToken);
        var added = File.ReadAllText(Path.Combine(rig.Repository, CrashRig.AddedFile));
        File.Delete(Path.Combine(rig.Repository, CrashRig.AddedFile));
        var tree = rig.Tree();
        var drained = await rig.Cli.RunAsync("work", "--drain", "--config", rig.Config);

        Assert.True(secondExit == 0, second.Output + second.Errors);
        Assert.Equal("added\n", added);
        Assert.Equal("", TreeState.Difference(rig.Before, tree));
        Assert.Equal(0, drained.ExitCode);
        Assert.Equal("", TreeState.Difference(rig.After, rig.Tree()));
        Assert.Empty(rig.Cli.Leaks());
    }
}
