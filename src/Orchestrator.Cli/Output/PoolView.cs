using System.Globalization;
using Orchestrator.Containers;
using Orchestrator.Json;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Orchestrator.Cli.Output;

/// <summary>Pools of containers and their instances, for people.</summary>
internal sealed class PoolView(IAnsiConsole console)
{
    private const string Unknown = "-";

    /// <returns>Whether the line is of that kind.</returns>
    public bool TryWrite(CliLine line)
    {
        switch (line)
        {
            case { Pool: { } pool }:
                WritePool(pool);
                return true;
            case { Pools: { } pools }:
                console.Write(Table(pools, line.At ?? default));
                return true;
            case { InstanceOutput: { } output }:
                console.WriteLine(Terminal.Safe(output.Text));
                return true;
            default:
                return false;
        }
    }

    /// <summary>All pools with their instances.</summary>
    public static IRenderable Table(IReadOnlyList<PoolLine> pools, DateTimeOffset now)
    {
        if (pools.Count == 0)
        {
            return new Text("No host tells of a pool.");
        }

        var table = new Table { Border = TableBorder.None, ShowRowSeparators = false };
        foreach (var title in (string[])["POOL / INSTANCE", "STATE", "LEASES", "RESTARTS", "UP", "CPU %", "MEMORY", "PROCESSES", "USD (IDLE)", ""])
        {
            table.AddColumn(new TableColumn(title).NoWrap().PadLeft(0).PadRight(2));
        }

        foreach (var pool in pools)
        {
            AddTo(table, pool, now);
        }

        return table;
    }

    private static void AddTo(Table table, PoolLine pool, DateTimeOffset now)
    {
        var status = pool.Status;
        table.AddRow(
            new Text($"{status.Pool} @ {Terminal.Safe(pool.WorkerName)}", new Style(decoration: Decoration.Bold)),
            new Text(Serving(status)),
            Number(status.Instances.Sum(instance => instance.Leases)),
            Number(status.Instances.Sum(instance => instance.Restarts)),
            new Text(""),
            new Text(""),
            new Text(""),
            new Text(""),
            new Text(Cost(status)),
            new Text(Note(pool), pool.IsStale ? new Style(Color.Red) : Style.Plain));
        foreach (var (index, instance) in status.Instances.Index())
        {
            var usage = pool.Usage?[index];
            table.AddRow(
                new Text($"  {instance.Name}"),
                new Text(instance.State.ToName(), new Style(Colour(instance.State))),
                Number(instance.Leases),
                Number(instance.Restarts),
                new Text(instance.StartedAt is { } since && !pool.IsStale ? Span(now - since) : ""),
                new Text(usage?.ProcessorPercent?.ToString("0.0", CultureInfo.InvariantCulture) ?? Unknown),
                new Text(usage?.MemoryBytes is { } bytes ? ByteSize.Show(bytes) : Unknown),
                new Text(usage?.Processes?.ToString(CultureInfo.InvariantCulture) ?? Unknown),
                new Text(""),
                new Text(Terminal.Safe(instance.Reason)));
        }
    }

    private void WritePool(PoolLine pool)
    {
        var status = pool.Status;
        var note = Note(pool);
        console.MarkupLineInterpolated($"[bold]{status.Pool,-20}[/] {Serving(status)}  {Cost(status)} USD  worker {Terminal.Safe(pool.WorkerName)}{(note.Length == 0 ? "" : $"  {note}")}");
        foreach (var instance in status.Instances)
        {
            console.MarkupLineInterpolated(
                $"  {instance.Name,-30} {instance.State.ToName(),-10} {instance.Leases} leases  {instance.Restarts} restarts{Weight(instance)}  [grey]{instance.StartedAt:u}  {Terminal.Safe(instance.Reason)}[/]");
        }
    }

    private static string Weight(InstanceStatus instance) => instance.Weight.Equals(1) ? "" : string.Create(CultureInfo.InvariantCulture, $"  weight {instance.Weight}");

    private static Text Number(int number) => new(number.ToString(CultureInfo.InvariantCulture));

    private static string Serving(PoolStatus status) =>
        $"{status.Instances.Count(instance => instance.State is InstanceState.Ready or InstanceState.Busy or InstanceState.WarmingUp)} of {status.Desired} serve{(status.Waiting > 0 ? $", {status.Waiting} wait" : "")}";

    private static string Cost(PoolStatus status) => string.Create(CultureInfo.InvariantCulture, $"{status.CostUsd:0.00##} ({status.IdleCostUsd:0.00##} idle)");

    private static string Note(PoolLine pool) => pool.IsStale ? $"no host runs it: told {pool.Age} ago" : Terminal.Safe(pool.Status.Problem);

    private static string Span(TimeSpan span) => span < TimeSpan.Zero ? "0:00:00" : $"{(int)span.TotalHours}:{span:mm\\:ss}";

    private static Color Colour(InstanceState state) => state switch
    {
        InstanceState.Ready or InstanceState.Busy => Color.Green,
        InstanceState.Unhealthy or InstanceState.CrashLoop or InstanceState.Failed => Color.Red,
        InstanceState.Stopped => Color.Grey,
        _ => Color.Yellow,
    };
}
