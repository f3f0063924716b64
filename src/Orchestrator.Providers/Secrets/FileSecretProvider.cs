using System.Text;

namespace Orchestrator.Secrets;

/// <summary>Reads secrets from a file of lines <c>NAME=value</c> that only its owner, the user of this process, can read.</summary>
/// <remarks>
/// Empty lines and those that start with <c>#</c> are skipped, <c>export</c> before a name is allowed, and one pair of quotes around a value is taken off. A file that
/// does not exist knows nothing. One that is itself a symbolic link or no regular file, belongs to somebody else, is open to others (any permission beyond 0600) or cannot be understood
/// is refused with a <see cref="SecretSourceException"/>; on Windows, where there are no such permissions, only the last is checked. Thread-safe; reads anew at every call.
/// </remarks>
public sealed class FileSecretProvider : ISecretProvider
{
    private const string Export = "export ";

    /// <summary>Creates a provider.</summary>
    /// <param name="path">The file; a leading <c>~/</c> is the user's home.</param>
    public FileSecretProvider(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = Providers.Processes.Executables.FullPath(path);
    }

    /// <summary>The file, absolute.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    /// <exception cref="SecretSourceException">The file cannot be trusted or read.</exception>
    public async ValueTask<SecretValue?> GetSecretAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (await SecretFiles.ReadAsync(Path, SecretFileRule.Private, cancellationToken).ConfigureAwait(false) is not { } bytes)
        {
            return null;
        }

        string? value = null;
        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(bytes).Split('\n'))
        {
            number++;
            if (Read(line.Trim(), number) is { } entry && entry.Name == name)
            {
                value = entry.Value;
            }
        }

        return string.IsNullOrWhiteSpace(value) ? null : new SecretValue(value);
    }

    private (string Name, string Value)? Read(string line, int number)
    {
        if (line.Length == 0 || line[0] == '#')
        {
            return null;
        }

        var start = line.StartsWith(Export, StringComparison.Ordinal) ? Export.Length : 0;
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        if (equals <= start)
        {
            throw new SecretSourceException(Path, $"line {number} is not of the form NAME=value.");
        }

        var value = line[(equals + 1)..].Trim();
        return (line[start..equals].Trim(), value is ['"', .., '"'] or ['\'', .., '\''] ? value[1..^1] : value);
    }
}
