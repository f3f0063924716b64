namespace Orchestrator.Secrets;

/// <summary>Asks the registered secret providers in order; the first that knows a name wins. What it hands out is known to the redactor from then on.</summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="providers">The providers, in order.</param>
/// <param name="redactor">Learns every secret before it is handed out.</param>
public sealed class SecretResolver(IEnumerable<ISecretProvider> providers, ISecretRedactor redactor)
{
    private readonly ISecretProvider[] _providers = [.. providers];

    /// <summary>Finds a secret.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The secret; <see langword="null"/> when nobody knows it.</returns>
    public async ValueTask<SecretValue?> FindAsync(string name, CancellationToken cancellationToken)
    {
        foreach (var provider in _providers)
        {
            if (await provider.GetSecretAsync(name, cancellationToken).ConfigureAwait(false) is { } secret)
            {
                redactor.Add(secret);
                return secret;
            }
        }

        return null;
    }
}
