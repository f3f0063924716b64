using Orchestrator.Tasks;
using Orchestrator.Testing;

namespace Orchestrator.Hosting.Tests.Tasks;

public sealed class RefusedTaskTests
{
    [Fact]
    public async Task A_directory_that_is_no_repository_is_refused_and_not_touched()
    {
        using var rig = new MainJobRig("first");
        using var folder = new TemporaryDirectory();

        await AssertRefusedAsync(rig, rig.Task() with { Source = new LocalSource { Path = folder.Path } });

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_dirty_tree_is_refused_and_not_touched()
    {
        using var rig = new MainJobRig("first");
        rig.Repository.Write("mine.txt", "mine\n");
        var before = rig.Repository.Tree();

        await AssertRefusedAsync(rig, rig.Task());

        Assert.Equal("", TreeState.Difference(before, rig.Repository.Tree()));
    }

    [Fact]
    public async Task A_verify_command_that_is_not_there_is_refused_before_an_agent_is_paid()
    {
        using var rig = new MainJobRig("first");

        await AssertRefusedAsync(rig, rig.Task("no-such-program-at-all"));

        Assert.Equal("", rig.Repository.Status());
    }

    [Fact]
    public async Task A_source_that_is_not_served_yet_is_refused()
    {
        using var rig = new MainJobRig("first");

        await AssertRefusedAsync(rig, rig.Task() with { Source = new GitHubSource { Owner = "owner", Repository = "name", Branch = "main" } });
    }

    [Fact]
    public async Task What_must_run_in_containers_does_not_run_without_them()
    {
        using var rig = new MainJobRig("first");

        await AssertRefusedAsync(rig, rig.Task() with { ContainerPool = "agents" });

        Assert.Equal("", rig.Repository.Status());
    }

    private static async Task AssertRefusedAsync(MainJobRig rig, AgentTask task)
    {
        var report = MainJobRig.ReportOf(await rig.HandleAsync(task));

        Assert.Equal(AgentTaskStatus.Refused, report.Status);
        Assert.NotEqual("", report.Failure!.Message);
        Assert.Equal(0, rig.Providers[0].Runs);
        Assert.False(Directory.Exists(rig.StateDirectory));
    }
}
