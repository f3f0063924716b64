namespace Orchestrator.Providers.Workspaces;

/// <summary>Settings of the workspaces.</summary>
public sealed class WorkspaceOptions
{
    /// <summary>The directory that holds one directory an execution. It must not lie in a repository that agents work on.</summary>
    /// <value><c>orchestrator/workspaces</c> in the user's local application data.</value>
    public string Directory { get; set; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "orchestrator", "workspaces");

    /// <summary>The git program: a name on PATH or a path. Version 2.30 or later.</summary>
    /// <value><c>git</c></value>
    public string GitExecutable { get; set; } = "git";

    /// <summary>How long one git command may take.</summary>
    /// <value>10 minutes by default; from 1 second to 1 day.</value>
    public TimeSpan GitTimeLimit { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The largest diff that is collected, in bytes.</summary>
    /// <value>128 MiB by default; at least 1 KiB.</value>
    public int MaxChangesBytes { get; set; } = 128 * 1024 * 1024;

    /// <summary>
    /// Whether git in a workspace has the objects of its commit itself, without what came before it, instead of borrowing the caller's: in a container those are not there.
    /// </summary>
    internal bool HasOwnObjects { get; set; }
}
