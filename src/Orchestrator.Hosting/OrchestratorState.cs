namespace Orchestrator.Hosting;

/// <summary>Where things lie in the state directory.</summary>
/// <remarks>Everything in it belongs to the orchestrator; several processes of one user may share it.</remarks>
public sealed class OrchestratorState
{
    /// <summary>The name of the database file.</summary>
    public const string DatabaseName = "orchestrator.db";

    /// <summary>Creates the paths; makes no directory.</summary>
    /// <param name="stateDirectory">The state directory.</param>
    public OrchestratorState(string stateDirectory)
    {
        ArgumentException.ThrowIfNullOrEmpty(stateDirectory);
        Root = Path.GetFullPath(stateDirectory);
    }

    /// <summary>The state directory, absolute.</summary>
    public string Root { get; }

    /// <summary>The database.</summary>
    public string Database => Path.Combine(Root, DatabaseName);

    /// <summary>One directory an execution; gone when it ends.</summary>
    public string Workspaces => Path.Combine(Root, "workspaces");

    /// <summary>One lock file a living worker.</summary>
    public string Presence => Path.Combine(Root, "workers");

    /// <summary>What verify commands left in a tree that was restored, one directory an execution.</summary>
    public string Leftovers => Path.Combine(Root, "leftovers");

    /// <summary>The snapshots of trees that are being verified.</summary>
    public string Snapshots => Path.Combine(Root, "snapshots");

    /// <summary>Who holds which caller's tree, and what was begun in it.</summary>
    public string Trees => Path.Combine(Root, "trees");

    /// <summary>The collected changes of an execution as a git diff.</summary>
    /// <param name="executionId">The execution.</param>
    /// <returns>The path of the file.</returns>
    public string PatchFile(string executionId) => Path.Combine(Root, "patches", executionId + ".patch");
}
