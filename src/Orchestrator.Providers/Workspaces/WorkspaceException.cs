namespace Orchestrator.Providers.Workspaces;

/// <summary>A workspace, snapshot or branch could not be made, read or removed.</summary>
/// <remarks>Codes: <c>workspace.git_missing</c>, <c>workspace.repository_unusable</c>, <c>workspace.git_failed</c>, <c>workspace.exists</c>,
/// <c>workspace.tampered</c>, <c>workspace.changes_too_large</c>, <c>workspace.not_removed</c>, <c>workspace.no_locks</c>.</remarks>
public sealed class WorkspaceException : OrchestratorException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">The stable code.</param>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="innerException">The fault underneath.</param>
    public WorkspaceException(string code, string message, Exception? innerException = null)
        : base(code, message, innerException)
    {
    }
}
