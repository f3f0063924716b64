using System.Globalization;
using System.Text;

namespace Orchestrator.Providers.Processes;

/// <summary>A control group of our own: whatever is started in it stays in it, whatever sessions it makes and variables it wipes.</summary>
internal sealed class ControlGroup(string directory)
{
    private const int MaxRounds = 200;
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(10);

    /// <summary>Moves a process in; all that it starts from then on is in it too.</summary>
    /// <returns>Whether it is in; not when it has ended already.</returns>
    public bool TryAdd(int processId) => TryWrite("cgroup.procs", processId.ToString(CultureInfo.InvariantCulture));

    /// <summary>The processes in it, those that only wait to be noticed as dead included.</summary>
    public IReadOnlyList<int> Members()
    {
        try
        {
            return [.. File.ReadLines(Path.Combine(directory, "cgroup.procs")).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Kills everything in it at once: nothing can start another process in between.</summary>
    public void Kill() => TryWrite("cgroup.kill", "1");

    /// <summary>Kills everything in it and removes it.</summary>
    /// <returns>Whether it is gone; not after two seconds of trying.</returns>
    public async ValueTask<bool> RemoveAsync(CancellationToken cancellationToken)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            if (TryRemove())
            {
                return true;
            }

            // The kernel takes processes down in its own time, not in that of an injected clock.
            Kill();
            await Task.Delay(RoundTime, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }

        return false;
    }

    /// <summary>Removes it when nothing lives in it.</summary>
    public bool TryRemove()
    {
        try
        {
            // Programs may have made groups below; the innermost goes first.
            foreach (var below in Directory.Exists(directory) ? Directory.GetDirectories(directory) : [])
            {
                _ = new ControlGroup(below).TryRemove();
            }

            Directory.Delete(directory);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private bool TryWrite(string file, string text)
    {
        try
        {
            using var stream = new FileStream(Path.Combine(directory, file), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            stream.Write(Encoding.ASCII.GetBytes(text));
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
