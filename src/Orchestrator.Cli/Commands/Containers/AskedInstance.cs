using Orchestrator.Cli.Output;
using Orchestrator.Containers;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>An instance whose use is asked for again and again: which engine has it, and what that said last.</summary>
/// <remarks>One question at a time; what was last said may be read meanwhile.</remarks>
internal sealed class AskedInstance(string id)
{
    private volatile Look? _last;

    public string Id => id;

    /// <summary>The engine that has it; null while that is not known.</summary>
    public AskedEngine? Engine { get; set; }

    /// <summary>The last question, or the one that goes on.</summary>
    public Task Asking { get; set; } = Task.CompletedTask;

    /// <summary>When a question led to nothing: it is not asked for again for a while; null when the last one did not.</summary>
    public long? FailedAt { get; set; }

    /// <summary>Takes an answer; null when it does not run.</summary>
    public void Take(ContainerUsage? usage, TimeProvider time)
    {
        var at = time.GetTimestamp();
        _last = usage is null ? null : new Look(usage, at, _last is { } before ? Percent(before.Usage, usage, time.GetElapsedTime(before.At, at)) : null);
    }

    /// <summary>What it uses, unless that was found out too long ago.</summary>
    public InstanceUsageLine Line(string name, TimeProvider time, TimeSpan freshFor) => _last is { } last && time.GetElapsedTime(last.At) <= freshFor
        ? new InstanceUsageLine(name, last.Percent, last.Usage.MemoryBytes, last.Usage.Processes)
        : InstanceUsageLine.Unknown(name);

    /// <summary>Processor time shrinks where processes that ended are not counted any more, or when it was started anew: then nothing can be said.</summary>
    private static double? Percent(ContainerUsage before, ContainerUsage now, TimeSpan apart) =>
        apart > TimeSpan.Zero && now.ProcessorTime >= before.ProcessorTime ? Math.Round(100 * ((now.ProcessorTime - before.ProcessorTime) / apart), 1) : null;

    private sealed record Look(ContainerUsage Usage, long At, double? Percent);
}
