namespace Orchestrator.Secrets;

/// <summary>Reads a secret from this process' environment variable of the same name.</summary>
/// <remarks>Thread-safe; reads anew at every call.</remarks>
public sealed class EnvironmentSecretProvider : ISecretProvider
{
    /// <inheritdoc/>
    public ValueTask<SecretValue?> GetSecretAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var value = Environment.GetEnvironmentVariable(name);
        return ValueTask.FromResult(string.IsNullOrWhiteSpace(value) ? null : new SecretValue(value));
    }
}
