using System.Diagnostics;
using Orchestrator.Containers.Local.Processes;

namespace Orchestrator.Containers.Local;

/// <summary>Processes that the kernel holds: signals change nothing.</summary>
public sealed class ProcessStuckTests
{
    private static readonly CancellationToken Cancellation = ProcessRig.Cancellation;

    [Fact]
    public async Task An_instance_that_cannot_be_settled_hides_no_other()
    {
        await using var rig = new ProcessRig();
        var stuck = await rig.StartAsync("exec sleep 1000");
        var other = await rig.StartAsync("exec sleep 1000");
        var run = new State.InstanceStore(rig.Path, rig.Table.StartTimeOf, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance).Load(stuck)!.Run!;
        await rig.Engine.DisposeAsync();
        var table = new HeldTable(rig.Table, run);
        await using var engine = rig.Open(table: table);
        using (var program = Process.GetProcessById(run.ProcessId))
        {
            rig.Table.Kill(run, wasSeen: true);
            await program.WaitForExitAsync(Cancellation); // What still ends is running, and there would be nothing to settle.
        }

        var listed = await engine.ListAsync(ValueMap.Empty, Cancellation);

        Assert.Equal([(stuck, ContainerState.Running), (other, ContainerState.Running)], listed.Select(one => (one.Id, one.State)).OrderBy(one => one.Id != stuck));
        Assert.True(table.Kills > 0);
        await using var events = engine.WatchAsync(ValueMap.Empty, DateTimeOffset.MinValue, Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(ContainerEventKind.Started, events.Current.Kind);

        table.IsHeld = false;
        Assert.Equal(ContainerState.Exited, (await engine.ListAsync(ValueMap.Empty, Cancellation)).Single(one => one.Id == stuck).State);
        await engine.RemoveAsync(other, Cancellation);
        await engine.RemoveAsync(stuck, Cancellation);
    }

    [Fact]
    public async Task A_freeze_that_fails_half_way_is_taken_back()
    {
        await using var rig = new ProcessRig();
        var id = await rig.StartAsync("exec sleep 1000");
        var run = new State.InstanceStore(rig.Path, rig.Table.StartTimeOf, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance).Load(id)!.Run!;
        var table = new HeldTable(rig.Table, run);
        using var cancel = new CancellationTokenSource();
        table.Froze = cancel.Cancel;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await new ProcessEnding(table).FreezeAsync(run, cancel.Token));

        Assert.False(LinuxProcess.Read(run.ProcessId)!.Value.IsStopped);
        Assert.Equal((1, 1), (table.Freezes, table.Thaws));
    }

    /// <summary>The system's own, but of one run nothing seems to react.</summary>
    private sealed class HeldTable(IProcessTable inner, ProcessRun held) : IProcessTable
    {
        private int _kills;

        public bool IsHeld { get; set; } = true;

        public Action Froze { get; set; } = () => { };

        public int Kills => Volatile.Read(ref _kills);

        public int Freezes { get; private set; }

        public int Thaws { get; private set; }

        public string Boot => inner.Boot;

        public string? SessionTool => inner.SessionTool;

        public long StartTimeOf(int processId) => inner.StartTimeOf(processId);

        public bool Ask(ProcessRun run) => inner.Ask(run);

        public bool Kill(ProcessRun run, bool wasSeen)
        {
            Interlocked.Increment(ref _kills);
            return inner.Kill(run, wasSeen) || (IsHeld && run == held);
        }

        public bool Freeze(ProcessRun run)
        {
            Freezes++;
            inner.Freeze(run);
            Froze();
            return true;
        }

        public void Thaw(ProcessRun run)
        {
            Thaws++;
            inner.Thaw(run);
        }

        public ContainerUsage GetUsage(ProcessRun run) => inner.GetUsage(run);
    }
}
