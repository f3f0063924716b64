using Orchestrator.Providers;
using Orchestrator.Providers.Processes;
using Orchestrator.Providers.Workspaces;

namespace Orchestrator.Hosting.Tests.Attempts;

public sealed class EscapeVerdictTests
{
    private static readonly ProviderDescriptor Confined = new() { Name = "first", Kind = ProviderKind.Command, ConfinesWrites = true };

    [Fact]
    public void A_file_beside_the_workspace_is_an_escape()
    {
        using var rig = new MainJobRig("first");

        var failure = EscapeVerdict.Of(Run(rig), Confined, new WorkspaceEscapes { WorkspacePaths = ["/w/stranger"] }, null);

        Assert.Equal(FailureClass.OutsideWorkspace, failure!.Class);
        Assert.Contains("/w/stranger", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_of_the_repository_is_an_escape_only_where_the_provider_was_not_confined()
    {
        using var rig = new MainJobRig("first");
        var run = Run(rig);

        var failure = EscapeVerdict.Of(run, Confined, new WorkspaceEscapes { RepositoryChanges = ["kept.txt"] }, null);

        Assert.Equal(WriteConfinement.IsSupported, failure is null);
        Assert.Equal(WriteConfinement.IsSupported, run.Report.Notes.Any(note => note.Contains("kept.txt", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_crash_after_a_refused_write_is_an_escape_where_the_provider_was_confined()
    {
        using var rig = new MainJobRig("first");
        var crash = new AgentFailure { Class = FailureClass.Crashed, Message = "It crashed.", Detail = "sh: /etc/x: Permission denied" };

        var failure = EscapeVerdict.Of(Run(rig), Confined, new WorkspaceEscapes(), crash);

        Assert.Equal(WriteConfinement.IsSupported, failure is { Class: FailureClass.OutsideWorkspace });
    }

    [Fact]
    public void Who_is_configured_to_write_anywhere_answers_for_the_repository_whatever_the_host_could_do()
    {
        using var rig = new MainJobRig("first");
        var run = Run(rig);
        var crash = new AgentFailure { Class = FailureClass.Crashed, Message = "It crashed.", Detail = "sh: /etc/x: Permission denied" };

        var changed = EscapeVerdict.Of(run, Confined with { ConfinesWrites = false }, new WorkspaceEscapes { RepositoryChanges = ["kept.txt"] }, null);
        var crashed = EscapeVerdict.Of(run, Confined with { ConfinesWrites = false }, new WorkspaceEscapes(), crash);

        Assert.Equal(FailureClass.OutsideWorkspace, changed!.Class);
        Assert.Null(crashed);
        Assert.Empty(run.Report.Notes);
    }

    [Theory]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("src", false)]
    [InlineData("../other", true)]
    [InlineData("../{name}2", true)]
    public void Who_is_confined_but_may_write_to_the_repository_answers_for_it(string writable, bool isSomebodyElse)
    {
        using var rig = new MainJobRig("first");
        var run = Run(rig);
        var path = Path.GetFullPath(Path.Combine(run.Repository, writable.Replace("{name}", Path.GetFileName(run.Repository), StringComparison.Ordinal)));

        var failure = EscapeVerdict.Of(run, Confined with { WritablePaths = ["/nowhere", path] }, new WorkspaceEscapes { RepositoryChanges = ["kept.txt"] }, null);

        Assert.Equal(isSomebodyElse && WriteConfinement.IsSupported, failure is null);
    }

    [Fact]
    public void A_link_to_the_repository_that_may_be_written_is_the_repository()
    {
        using var rig = new MainJobRig("first");
        var run = Run(rig);
        var link = Directory.CreateDirectory(rig.StateDirectory).FullName + "/link";
        Directory.CreateSymbolicLink(link, Path.GetDirectoryName(run.Repository)!);

        var failure = EscapeVerdict.Of(
            run, Confined with { WritablePaths = [Path.Combine(link, Path.GetFileName(run.Repository))] }, new WorkspaceEscapes { RepositoryChanges = ["kept.txt"] }, null);

        Assert.Equal(FailureClass.OutsideWorkspace, failure!.Class);
    }

    [Fact]
    public void A_service_that_works_elsewhere_did_not_change_the_repository()
    {
        using var rig = new MainJobRig("first");
        var run = Run(rig);

        var failure = EscapeVerdict.Of(run, new ProviderDescriptor { Name = "jules", Kind = ProviderKind.RemoteService }, new WorkspaceEscapes { RepositoryChanges = ["kept.txt"] }, null);

        Assert.Null(failure);
        Assert.Contains("kept.txt", Assert.Single(run.Report.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_stays_inside_is_not_blamed()
    {
        using var rig = new MainJobRig("first");
        var crash = new AgentFailure { Class = FailureClass.Crashed, Message = "It crashed.", Detail = "segmentation fault" };

        Assert.Null(EscapeVerdict.Of(Run(rig), Confined, new WorkspaceEscapes(), null));
        Assert.Null(EscapeVerdict.Of(Run(rig), Confined, new WorkspaceEscapes(), crash));
    }

    private static AgentTaskRun Run(MainJobRig rig) => Runs.Of(rig, rig.Task());
}
