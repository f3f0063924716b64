using Orchestrator.Providers;
using Orchestrator.Providers.Processes;
using Orchestrator.Providers.Workspaces;

namespace Orchestrator.Hosting.Tests.Attempts;

public sealed class EscapeVerdictTests
{
    [Fact]
    public void A_file_beside_the_workspace_is_an_escape()
    {
        using var rig = new MainJobRig("first");

        var failure = EscapeVerdict.Of(Run(rig), "first", new WorkspaceEscapes { WorkspacePaths = ["/w/stranger"] }, null);

        Assert.Equal(FailureClass.OutsideWorkspace, failure!.Class);
        Assert.Contains("/w/stranger", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_of_the_repository_is_an_escape_only_where_the_provider_was_not_confined()
    {
        using var rig = new MainJobRig("first");
        var run = Run(rig);

        var failure = EscapeVerdict.Of(run, "first", new WorkspaceEscapes { RepositoryChanges = ["kept.txt"] }, null);

        Assert.Equal(WriteConfinement.IsSupported, failure is null);
        Assert.Equal(WriteConfinement.IsSupported, run.Report.Notes.Any(note => note.Contains("kept.txt", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_crash_after_a_refused_write_is_an_escape_where_the_provider_was_confined()
    {
        using var rig = new MainJobRig("first");
        var crash = new AgentFailure { Class = FailureClass.Crashed, Message = "It crashed.", Detail = "sh: /etc/x: Permission denied" };

        var failure = EscapeVerdict.Of(Run(rig), "first", new WorkspaceEscapes(), crash);

        Assert.Equal(WriteConfinement.IsSupported, failure is { Class: FailureClass.OutsideWorkspace });
    }

    [Fact]
    public void Who_stays_inside_is_not_blamed()
    {
        using var rig = new MainJobRig("first");
        var crash = new AgentFailure { Class = FailureClass.Crashed, Message = "It crashed.", Detail = "segmentation fault" };

        Assert.Null(EscapeVerdict.Of(Run(rig), "first", new WorkspaceEscapes(), null));
        Assert.Null(EscapeVerdict.Of(Run(rig), "first", new WorkspaceEscapes(), crash));
    }

    private static AgentTaskRun Run(MainJobRig rig) => Runs.Of(rig, rig.Task());
}
