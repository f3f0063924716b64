using Orchestrator.Providers;
using Orchestrator.Testing;

namespace Orchestrator.Hosting.Tests.Attempts;

public sealed class CollectionRefusalTests
{
    [Fact]
    public async Task An_agent_that_changed_a_submodule_fails_and_says_which_and_nothing_is_delivered()
    {
        using var library = GitRepository.Init();
        library.Write("lib.txt", "library\n");
        library.Commit("library");
        using var rig = new MainJobRig("first");
        rig.Repository.Run("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.Path, "lib");
        rig.Repository.Commit("with a library");
        var seen = "";
        rig.Providers[0].Work = execution =>
        {
            seen = File.ReadAllText(Path.Combine(execution.Workspace!.Directory, "lib", "lib.txt"));
            File.WriteAllText(Path.Combine(execution.Workspace.Directory, "lib", "lib.txt"), "changed\n");
            File.WriteAllText(Path.Combine(execution.Workspace.Directory, "made.txt"), "made\n");
            return new AgentCompleted { Result = new AgentResult() };
        };

        var report = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task()));

        Assert.Equal("library\n", seen);
        Assert.Equal(FailureClass.PatchRejected, report.Failure!.Class);
        Assert.Contains("The submodule lib was changed", report.Failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(rig.Repository.Combine("made.txt")));
        Assert.Equal("library\n", rig.Repository.Read("lib/lib.txt"));
        Assert.Empty(rig.Leaks());
    }
}
