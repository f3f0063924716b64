using System.Collections.Concurrent;

namespace Orchestrator.Patching;

/// <summary>Lets one application at a time into a root: within the process by a semaphore, across processes by a lock file.</summary>
internal sealed class RootGate(IPatchFileSystem files, TimeProvider time, TimeSpan timeout)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>One entry for every root that this process ever wrote to.</summary>
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _roots = new(StringComparer.Ordinal);

    /// <summary>Enters.</summary>
    /// <returns>What to dispose of to leave; <see langword="null"/> when the time is up.</returns>
    public async ValueTask<IDisposable?> EnterAsync(string directory, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var semaphore = _roots.GetOrAdd(directory, static _ => new SemaphoreSlim(1));
        if (!await semaphore.WaitAsync(timeout, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        var entered = false;
        try
        {
            while (true)
            {
                if (TryLock(directory) is { } file)
                {
                    entered = true;
                    return new Pass(semaphore, file);
                }

                if (time.GetElapsedTime(started) >= timeout)
                {
                    return null;
                }

                await Task.Delay(PollInterval, time, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            if (!entered)
            {
                semaphore.Release();
            }
        }
    }

    private IDisposable? TryLock(string directory)
    {
        var path = Path.Combine(directory, "lock");
        try
        {
            return files.TryLock(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PatchingException(PatchingException.JournalUnusable, $"The lock '{path}' cannot be used: it must be a plain file that may be written, or not be there.", innerException: error);
        }
    }

    private sealed class Pass(SemaphoreSlim semaphore, IDisposable file) : IDisposable
    {
        public void Dispose()
        {
            file.Dispose();
            semaphore.Release();
        }
    }
}
