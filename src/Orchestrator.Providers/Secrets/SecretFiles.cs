using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Secrets;

/// <summary>Reads files that hold secrets, after a look at whose they are. What is looked at is the open file, so it cannot be exchanged in between.</summary>
internal static class SecretFiles
{
    private const int MaxBytes = 1024 * 1024;
    private const UnixFileMode Write = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode Any = Write | UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The content; <see langword="null"/> when there is no such file.</summary>
    public static async ValueTask<byte[]?> ReadAsync(string path, SecretFileRule rule, CancellationToken cancellationToken)
    {
        try
        {
            if (!File.Exists(path) && new FileInfo(path).LinkTarget is null)
            {
                return null;
            }

            using var file = Open(path, rule);
            var length = RandomAccess.GetLength(file);
            if (length > MaxBytes)
            {
                throw new SecretSourceException(path, "it is larger than 1 MiB.");
            }

            var bytes = new byte[length];
            var read = await RandomAccess.ReadAsync(file, bytes, 0, cancellationToken).ConfigureAwait(false);
            return bytes[..read];
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new SecretSourceException(path, exception is UnauthorizedAccessException ? "this user may not read it." : exception.Message, exception);
        }
    }

    private static SafeFileHandle Open(string path, SecretFileRule rule)
    {
        if (rule == SecretFileRule.Private && new FileInfo(path).LinkTarget is not null)
        {
            throw new SecretSourceException(path, "it is a symbolic link. Name the file itself.");
        }

        var file = File.OpenHandle(path);
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                Check(path, file, rule);
            }

            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void Check(string path, SafeFileHandle file, SecretFileRule rule)
    {
        var excess = File.GetUnixFileMode(file) & (rule == SecretFileRule.Private ? Any : Write);
        if (excess != 0)
        {
            throw new SecretSourceException(path, rule == SecretFileRule.Private ? $"others have rights to it. Take them away: chmod 600 '{path}'." : $"others may write to it. Take that away: chmod go-w '{path}'.");
        }

        if (rule != SecretFileRule.Private || !OperatingSystem.IsLinux())
        {
            return;
        }

        var identity = FileIdentity.Of(file);
        if (identity.Owner != FileIdentity.CurrentUser)
        {
            throw new SecretSourceException(path, "it belongs to another user. It must belong to the user of this process.");
        }

        // Opened by its name once more without following a link: the same file, or the name was a link when it was opened above.
        if (FileIdentity.OfName(path) != identity)
        {
            throw new SecretSourceException(path, "it is a symbolic link. Name the file itself.");
        }
    }
}
