namespace Orchestrator.Hosting.Tests;

public sealed class OrchestratorStateTests
{
    [Fact]
    public void Everything_lies_in_the_state_directory_under_absolute_paths()
    {
        var state = new OrchestratorState("some/state");
        var root = Path.GetFullPath("some/state");

        Assert.Equal(root, state.Root);
        Assert.Equal(Path.Combine(root, "orchestrator.db"), state.Database);
        Assert.Equal(
            ["workspaces", "workers", "leftovers", "snapshots", "trees"],
            new[] { state.Workspaces, state.Presence, state.Leftovers, state.Snapshots, state.Trees }.Select(path => Path.GetRelativePath(root, path)));
        Assert.Equal(Path.Combine(root, "patches", "execution-1.patch"), state.PatchFile("execution-1"));
        Assert.False(Directory.Exists(root));
    }

    [Fact]
    public void A_state_directory_without_a_name_is_a_mistake() => Assert.Throws<ArgumentException>(() => new OrchestratorState(""));
}
