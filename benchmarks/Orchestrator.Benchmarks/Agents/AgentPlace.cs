using Orchestrator.Providers;

namespace Orchestrator.Benchmarks.Agents;

/// <summary>The directories of one run, the same paths in every round.</summary>
internal sealed class AgentPlace(string folder)
{
    private const string Before = "line one\nline two\nline three\n";

    public AgentWorkspace Workspace { get; } = new()
    {
        Directory = Path.Combine(folder, "work"),
        BaseCommit = "0000000000000000000000000000000000000000",
        HomeDirectory = Path.Combine(folder, "home"),
        TemporaryDirectory = Path.Combine(folder, "tmp"),
    };

    public string EditedFile => Path.Combine(Workspace.Directory, "hello.txt");

    /// <summary>Where the recorder put the home as the agent found it.</summary>
    public string RecordedHome => Path.Combine(folder, "recorded-home");

    /// <summary>Empty directories, and the file that the agent is to edit.</summary>
    public void Renew()
    {
        foreach (var directory in (string[])[Workspace.Directory, Workspace.HomeDirectory, Workspace.TemporaryDirectory])
        {
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }

            Directory.CreateDirectory(directory);
        }

        File.WriteAllText(EditedFile, Before);
    }

    /// <exception cref="InvalidOperationException">The agent did not do its work: the measurement would mean nothing.</exception>
    public void Check()
    {
        if (File.ReadAllText(EditedFile) == Before)
        {
            throw new InvalidOperationException($"{EditedFile} was not edited: the measurement would mean nothing.");
        }
    }
}
