using Orchestrator.Cli.Output;
using Orchestrator.Containers;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>The pools as their hosts told them last, with what the engines of this machine say that their instances use.</summary>
internal sealed class PoolTop(IContainerPoolState state, InstanceUsages usages, CliContext context)
{
    /// <summary>Between two looks that say how much processor time went by: longer than the grain in which it is counted.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a table that goes on waits for engines: the next one shows what comes later.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a table that is shown once waits, at each of its two looks.</summary>
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(2);

    /// <summary>Shows it until interrupted.</summary>
    public async Task FollowAsync(Action<CliLine> show, TimeSpan interval, CancellationToken cancellationToken)
    {
        while (true)
        {
            show(await LookAsync(Patience, cancellationToken));
            await Task.Delay(interval, context.Time, cancellationToken);
        }
    }

    /// <summary>Shows it once.</summary>
    public async Task ShowAsync(Action<CliLine> show, CancellationToken cancellationToken)
    {
        var line = await LookAsync(LongPatience, cancellationToken);
        if (line.Pools!.Any(static pool => pool.Usage!.Any(static usage => usage.MemoryBytes is not null)))
        {
            await Task.Delay(Apart, context.Time, cancellationToken);
            line = await LookAsync(LongPatience, cancellationToken);
        }

        show(line);
    }

    private async Task<CliLine> LookAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var pools = (await ToldPools.ReadAsync(state, context.Time, cancellationToken)).All;
        var ids = pools.SelectMany(static pool => pool.Status.Instances).Select(static instance => instance.EngineId).OfType<string>().ToHashSet(StringComparer.Ordinal);
        await usages.LookAsync(ids, patience, cancellationToken);
        return new()
        {
            Type = "pools",
            Pools = [.. pools.Select(pool => pool with { Usage = [.. pool.Status.Instances.Select(instance => usages.Line(instance.Name, instance.EngineId))] })],
            At = context.Time.GetUtcNow(),
        };
    }
}
