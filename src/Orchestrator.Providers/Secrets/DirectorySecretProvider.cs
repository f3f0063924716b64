using System.Text;

namespace Orchestrator.Secrets;

/// <summary>Reads secrets from a directory with one file a secret, named as the secret: what Docker, Kubernetes and systemd give to containers and services.</summary>
/// <remarks>
/// Symbolic links are followed, as Kubernetes needs them; line ends after the value are taken off. Refused with a <see cref="SecretSourceException"/> are a directory or file that
/// others may write to or that belongs neither to this user nor to root (on Linux; unless it is mounted for reading only), and what is no regular file. A name that is no plain file name, and a directory or file that does not exist, is not known. Thread-safe; reads anew at every call.
/// </remarks>
public sealed class DirectorySecretProvider : ISecretProvider
{
    /// <summary>Where Docker and others mount secrets.</summary>
    public const string DefaultPath = "/run/secrets";

    /// <summary>Creates a provider.</summary>
    /// <param name="path">The directory; a leading <c>~/</c> is the user's home.</param>
    public DirectorySecretProvider(string path = DefaultPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = Providers.Processes.Executables.FullPath(path);
    }

    /// <summary>The directory, absolute.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    /// <exception cref="SecretSourceException">The secret's file cannot be trusted or read.</exception>
    public async ValueTask<SecretValue?> GetSecretAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!Identifiers.IsName(name))
        {
            return null;
        }

        var bytes = await SecretFiles.ReadAsync(System.IO.Path.Combine(Path, name), SecretFileRule.Mounted, cancellationToken).ConfigureAwait(false);
        var value = bytes is null ? null : Encoding.UTF8.GetString(bytes).TrimEnd('\n', '\r');
        return string.IsNullOrWhiteSpace(value) ? null : new SecretValue(value);
    }
}
