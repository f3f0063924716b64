namespace Orchestrator.Secrets;

/// <summary>Asks the registered secret providers in order; the first that knows a name wins. What it hands out is known to the redactor from then on.</summary>
/// <remarks>
/// The order is that of trust, not of registration: the host's own providers first, then the environment, .NET configuration, files, and mounted directories; among
/// providers of one kind that of registration. Where nobody knows a name, the names that the vendor's own tools use are tried, see <see cref="SecretNames.AliasesOf"/>.
/// Thread-safe.
/// </remarks>
/// <param name="providers">The providers.</param>
/// <param name="redactor">Learns every secret before it is handed out.</param>
public sealed class SecretResolver(IEnumerable<ISecretProvider> providers, ISecretRedactor redactor)
{
    private readonly ISecretProvider[] _providers = [.. providers.OrderBy(Place)];

    /// <summary>Finds a secret.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The secret; <see langword="null"/> when nobody knows it.</returns>
    /// <exception cref="SecretSourceException">A file that should hold secrets cannot be trusted or read.</exception>
    public async ValueTask<SecretValue?> FindAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        foreach (var known in SecretNames.AliasesOf(name).Prepend(name))
        {
            foreach (var provider in _providers)
            {
                if (await provider.GetSecretAsync(known, cancellationToken).ConfigureAwait(false) is { } secret)
                {
                    redactor.Add(secret);
                    return secret;
                }
            }
        }

        return null;
    }

    private static int Place(ISecretProvider provider) => provider switch
    {
        EnvironmentSecretProvider => 1,
        ConfigurationSecretProvider => 2,
        FileSecretProvider => 3,
        DirectorySecretProvider => 4,
        _ => 0,
    };
}
