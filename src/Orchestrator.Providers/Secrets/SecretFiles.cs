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

        if (rule == SecretFileRule.Mounted && OperatingSystem.IsLinux())
        {
            CheckDirectory(Path.GetDirectoryName(path)!);
        }

        var file = NonBlockingOpen.Read(path);
        try
        {
            if (OperatingSystem.IsLinux() && !FileIdentity.Of(file).IsRegular)
            {
                throw new SecretSourceException(path, "it is no regular file.");
            }

            if (rule == SecretFileRule.Private)
            {
                CheckPrivate(path, file);
            }
            else
            {
                CheckMounted(path, file);
            }

            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whoever can write to the directory can put a file of his own there.</summary>
    private static void CheckDirectory(string path)
    {
        var identity = FileIdentity.OfName(path, follow: true);
        if (identity is { IsTrusted: true, IsWritableByOthers: false } || FileIdentity.IsReadOnlyMount(path))
        {
            return;
        }

        throw new SecretSourceException(path, identity.IsTrusted
            ? $"others may write to the directory. Take that away: chmod go-w '{path}'."
            : "the directory belongs to another user. It must belong to the user of this process or to root.");
    }

    private static void CheckMounted(string path, SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var isOpenToOthers = (File.GetUnixFileMode(file) & Write) != 0;
        if ((!isOpenToOthers && (!OperatingSystem.IsLinux() || FileIdentity.Of(file).IsTrusted)) || (OperatingSystem.IsLinux() && FileIdentity.IsReadOnlyMount(path)))
        {
            return;
        }

        throw new SecretSourceException(path, isOpenToOthers
            ? $"others may write to it. Take that away: chmod go-w '{path}'."
            : "it belongs to another user. It must belong to the user of this process or to root.");
    }

    private static void CheckPrivate(string path, SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        if ((File.GetUnixFileMode(file) & Any) != 0)
        {
            throw new SecretSourceException(path, $"others have rights to it. Take them away: chmod 600 '{path}'.");
        }

        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var identity = FileIdentity.Of(file);
        if (identity.Owner != FileIdentity.CurrentUser)
        {
            throw new SecretSourceException(path, "it belongs to another user. It must belong to the user of this process.");
        }

        // Looked at by its name once more without following a link: the same file, or the name was a link when it was opened above.
        if (FileIdentity.OfName(path) != identity)
        {
            throw new SecretSourceException(path, "it is a symbolic link. Name the file itself.");
        }
    }
}
