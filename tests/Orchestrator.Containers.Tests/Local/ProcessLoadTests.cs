using System.Globalization;
using Orchestrator.Containers.Local.Processes;

namespace Orchestrator.Containers.Local;

/// <summary>Runs alone: it counts what the whole test process holds.</summary>
[CollectionDefinition(nameof(ProcessLoadTests), DisableParallelization = true)]
public sealed class ProcessLoadGroup;

[Collection(nameof(ProcessLoadTests))]
public sealed class ProcessLoadTests
{
    [Fact]
    public async Task Fifty_instances_at_once_leave_no_zombie_no_handle_and_no_file()
    {
        await using var rig = new ProcessRig();
        await RoundAsync(rig, 4); // What is made once is made.
        var before = OpenHandles();

        await RoundAsync(rig, 50);

        Assert.InRange(OpenHandles(), 0, before + 4);
        Assert.Empty(Zombies());
        Assert.Empty(Directory.GetFileSystemEntries(rig.Path));
    }

    private static async Task RoundAsync(ProcessRig rig, int count)
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => rig.StartAsync(ProcessRig.Specification("exec sleep 1000") with { Ports = [80, 81] })));
        var statuses = await rig.Engine.ListAsync(ValueMap.Empty, ProcessRig.Cancellation);
        var outputs = await Task.WhenAll(ids.Select(id => rig.ExecuteAsync(id, "sleep 0.01 & echo $PORT")));
        await Task.WhenAll(ids.Select((id, i) => i % 2 == 0 ? rig.Engine.StopAsync(id, TimeSpan.FromSeconds(30), ProcessRig.Cancellation).AsTask() : Task.CompletedTask));
        await Task.WhenAll(ids.Select(id => rig.Engine.RemoveAsync(id, ProcessRig.Cancellation).AsTask()));

        Assert.Equal(count * 2, statuses.SelectMany(status => status.Endpoints).Select(endpoint => endpoint.HostPort).Distinct().Count());
        Assert.Equal(count, outputs.Select(output => output[0].Text).Distinct().Count());
    }

    private static int OpenHandles()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Directory.GetFileSystemEntries("/proc/self/fd").Length;
    }

    private static List<int> Zombies() =>
        [.. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? LinuxProcess.Read(id) : null)
            .OfType<LinuxProcess>().Where(process => process.HasEnded && process.ParentId == Environment.ProcessId).Select(process => process.Id)];
}
