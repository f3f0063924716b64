namespace Orchestrator;

/// <summary>Base of every exception that the family throws for a fault: broken machinery, not an expected outcome and not a caller's mistake.</summary>
/// <remarks>Messages name ids and settings; they never hold payloads, keys or connection strings. Unsealed because each package derives its own leaves.</remarks>
public class OrchestratorException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">A stable, documented identifier in the form <c>area.reason</c>, for example <c>storage.schema_too_new</c>.</param>
    /// <param name="message">What happened, and what to do about it.</param>
    /// <param name="innerException">The fault underneath, or <see langword="null"/>.</param>
    public OrchestratorException(string code, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        ArgumentException.ThrowIfNullOrEmpty(code);
        Code = code;
    }

    /// <summary>The stable identifier of this kind of fault; programs may branch on it.</summary>
    public string Code { get; }

    /// <summary>Whether the same call may succeed when repeated later with nothing changed.</summary>
    /// <value><see langword="false"/> unless a leaf says otherwise.</value>
    public virtual bool IsTransient => false;
}
