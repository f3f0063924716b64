namespace Orchestrator.Secrets;

/// <summary>A file that should hold secrets cannot be trusted or read. Its message names the file and what to do, never what is in it.</summary>
/// <remarks>Code: <c>secrets.source_refused</c>.</remarks>
public sealed class SecretSourceException : OrchestratorException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reason">What is wrong and what to do.</param>
    /// <param name="innerException">The fault underneath.</param>
    public SecretSourceException(string path, string reason, Exception? innerException = null)
        : base("secrets.source_refused", $"No secret is read from {path}: {reason}", innerException) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }
}
