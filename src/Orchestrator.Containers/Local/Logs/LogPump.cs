namespace Orchestrator.Containers.Local.Logs;

/// <summary>Writes what a program prints to its log, where no shell can connect the two.</summary>
internal static class LogPump
{
    /// <summary>Runs until the program has closed its end.</summary>
    public static async Task RunAsync(Stream from, string path, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        await using var source = from.ConfigureAwait(false);
        try
        {
            int count;
            while ((count = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                // Opened anew each time: the log may have been cut.
                var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
                await using (file.ConfigureAwait(false))
                {
                    await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException or UnauthorizedAccessException)
        {
            // The instance is gone, or the engine.
        }
    }
}
