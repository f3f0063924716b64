namespace Orchestrator.Secrets;

/// <summary>Finds secrets by name at the moment they are needed.</summary>
/// <remarks>Thread-safe. Several providers form a chain; the first that knows the name wins.</remarks>
public interface ISecretProvider
{
    /// <summary>Finds a secret.</summary>
    /// <param name="name">Its name, see <see cref="SecretNames"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The secret; <see langword="null"/> when this provider does not know it.</returns>
    ValueTask<SecretValue?> GetSecretAsync(string name, CancellationToken cancellationToken);
}
