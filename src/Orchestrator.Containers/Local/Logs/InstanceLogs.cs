using System.Runtime.CompilerServices;
using Orchestrator.Containers.Local.State;
using Orchestrator.Containers.Local.Watching;

namespace Orchestrator.Containers.Local.Logs;

/// <summary>What an instance's own program printed, on both streams.</summary>
internal sealed class InstanceLogs(InstanceDirectory directory, long maxBytes, InstanceEvents events)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>The newest lines.</summary>
    /// <param name="lines">How many.</param>
    /// <param name="isAlive">Tells whether to wait for more; <see langword="null"/> not to wait at all.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async IAsyncEnumerable<ContainerOutput> ReadAsync(int lines, Func<ValueTask<bool>>? isAlive, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Asked before the logs are read: what was printed before the end is then read too.
        var changed = events.NextChange();
        var goesOn = isAlive is not null && await isAlive().ConfigureAwait(false);
        if (!directory.Exists)
        {
            yield break;
        }

        using var output = new LogReader(directory.Output, isError: false, maxBytes);
        using var errors = new LogReader(directory.Errors, isError: true, maxBytes);
        foreach (var line in LogOrder.Merge(directory, Read(output, isLast: !goesOn), Read(errors, isLast: !goesOn)).TakeLast(lines))
        {
            yield return line.ToOutput();
        }

        while (goesOn)
        {
            await events.WaitAsync(changed, Interval, cancellationToken).ConfigureAwait(false);
            changed = events.NextChange();
            goesOn = await isAlive!().ConfigureAwait(false);
            foreach (var line in Read(output, isLast: !goesOn).Concat(Read(errors, isLast: !goesOn)))
            {
                yield return line.ToOutput();
            }
        }
    }

    private static List<LogLine> Read(LogReader log, bool isLast)
    {
        var lines = log.ReadNext();
        if (isLast && log.Finish() is { } last)
        {
            lines.Add(last);
        }

        return lines;
    }
}
