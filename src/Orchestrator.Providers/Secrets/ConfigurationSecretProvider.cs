using Microsoft.Extensions.Configuration;

namespace Orchestrator.Secrets;

/// <summary>Reads secrets from a section of .NET configuration, and so from user secrets, key vaults and whatever else the host's configuration is made of.</summary>
/// <remarks>Thread-safe; reads anew at every call, so a reload counts.</remarks>
/// <param name="configuration">The host's configuration.</param>
/// <param name="section">The section whose keys are the names of secrets, such as <c>Orchestrator:Secrets</c>.</param>
public sealed class ConfigurationSecretProvider(IConfiguration configuration, string section) : ISecretProvider
{
    /// <inheritdoc/>
    public ValueTask<SecretValue?> GetSecretAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var value = configuration.GetSection(section)[name];
        return ValueTask.FromResult(string.IsNullOrWhiteSpace(value) ? null : new SecretValue(value));
    }
}
