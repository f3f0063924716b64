using System.Text.Json;
using Orchestrator.Cli.Output;
using Orchestrator.Containers;
using Orchestrator.Json;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>The pools as their hosts told them last.</summary>
internal sealed class ToldPools
{
    /// <summary>Hosts tell every few seconds: one that was silent for so long is away.</summary>
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(15);

    private ToldPools(IReadOnlyList<PoolLine> all) => All = all;

    public IReadOnlyList<PoolLine> All { get; }

    public static async ValueTask<ToldPools> ReadAsync(IContainerPoolState state, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return new ToldPools([.. (await state.ListAsync(null, cancellationToken))
            .Where(entry => entry is { Key: PoolStateEntry.StatusKey, Value: not null })
            .Select(entry => new PoolLine(entry.WorkerName, entry.At, now - entry.At > StaleAfter, Age(now - entry.At), Read(entry)))]);
    }

    public IReadOnlyList<PoolLine> Of(string pool) => [.. All.Where(line => string.Equals(line.Status.Pool, pool, StringComparison.OrdinalIgnoreCase))];

    public IReadOnlyList<PoolLine> With(string instance) => [.. All.Where(line => line.Status.Instances.Any(other => other.Name == instance))];

    /// <summary>The one host that can do something about it; says so when there is none.</summary>
    /// <param name="context">Where to say it.</param>
    /// <param name="what">What is meant: <c>pool a</c>.</param>
    /// <param name="lines">Who told of it.</param>
    /// <param name="worker">Who is meant; <see langword="null"/> when only one can be.</param>
    public static PoolLine? Host(CliContext context, string what, IReadOnlyList<PoolLine> lines, string? worker)
    {
        var meant = lines.Where(line => worker is null || line.WorkerName == worker).ToList();
        var running = meant.Where(line => !line.IsStale).ToList();
        switch (running)
        {
            case [var only]:
                return only;
            case [] when meant.MaxBy(line => line.At) is { } last:
                context.Output.Error($"No host runs {what} now: worker {last.WorkerName} told of it last, {last.Age} ago. Start that host again; nothing was changed.");
                return null;
            case []:
                context.Output.Error($"Worker {worker} has told nothing of {what}; these have: {Names(lines)}. Nothing was changed.");
                return null;
            default:
                context.Output.Error($"Several hosts have {what}: {Names(running)}. Say which with --worker; nothing was changed.");
                return null;
        }
    }

    /// <summary>What of one pool cannot be read keeps nobody from the others.</summary>
    private static PoolStatus Read(PoolStateEntry entry)
    {
        try
        {
            return OrchestratorJson.Read(entry.Value!, OrchestratorJsonContext.Default.PoolStatus);
        }
        catch (JsonException)
        {
            return new PoolStatus { Pool = entry.Pool, Problem = "What its host told cannot be read: it is damaged, or of another version." };
        }
    }

    private static string Names(IEnumerable<PoolLine> lines) => string.Join(", ", lines.Select(line => line.WorkerName).Distinct(StringComparer.Ordinal));

    private static string Age(TimeSpan age) => age switch
    {
        { TotalMinutes: < 2 } => $"{Math.Max(0, (int)age.TotalSeconds)} s",
        { TotalHours: < 2 } => $"{(int)age.TotalMinutes} min",
        { TotalDays: < 2 } => $"{(int)age.TotalHours} h",
        _ => $"{(int)age.TotalDays} days",
    };
}
