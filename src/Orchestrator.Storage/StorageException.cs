namespace Orchestrator.Storage;

/// <summary>The database cannot be used. The message says why and what to do; it never holds a connection string, a payload or a secret.</summary>
/// <remarks>Codes are listed in <see cref="StorageErrorCodes"/>.</remarks>
public sealed class StorageException : OrchestratorException
{
    private readonly bool _isTransient;

    /// <summary>Creates the exception.</summary>
    /// <param name="code">One of <see cref="StorageErrorCodes"/>.</param>
    /// <param name="message">What happened, and what to do about it.</param>
    /// <param name="innerException">The driver's exception, or <see langword="null"/>.</param>
    /// <param name="isTransient">Whether the same call may succeed later with nothing changed.</param>
    public StorageException(string code, string message, Exception? innerException = null, bool isTransient = false)
        : base(code, message, innerException) => _isTransient = isTransient;

    /// <inheritdoc/>
    public override bool IsTransient => _isTransient;
}
