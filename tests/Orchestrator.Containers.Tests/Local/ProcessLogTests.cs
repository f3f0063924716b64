using System.Globalization;
using System.Text;
using Orchestrator.Containers.Local.Logs;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Local;

public sealed class ProcessLogTests
{
    [Fact]
    public async Task A_log_keeps_its_newest_lines_within_its_bound()
    {
        await using var rig = new ProcessRig();
        var engine = rig.Open(maxLogBytes: 64 * 1024);
        var id = await rig.StartAsync("i=0; while [ $i -lt 20 ]; do seq 10000 19999; i=$((i+1)); sleep 0.01; done; echo last; exec sleep 1000", engine);
        await foreach (var line in engine.ReadLogsAsync(id, 1, follow: true, ProcessRig.Cancellation))
        {
            if (line.Text == "last")
            {
                break;
            }
        }

        var file = Path.Combine(rig.Path, id.Split('~')[0], "output.log");
        LogFile.Bound(file, 64 * 1024);
        var kibibytes = await rig.ExecuteAsync(id, $"du -k {file} | cut -f 1", engine);
        var lines = await engine.ReadLogsAsync(id, int.MaxValue, follow: false, ProcessRig.Cancellation).ToListAsync(ProcessRig.Cancellation);

        Assert.InRange(int.Parse(kibibytes[0].Text, CultureInfo.InvariantCulture), 32, 64);
        Assert.Equal("last", lines[^1].Text);
        Assert.InRange(lines.Count, 5000, 11000);
        Assert.Equal(Enumerable.Range(20001 - lines.Count, lines.Count - 1).Select(number => number.ToString(CultureInfo.InvariantCulture)), lines.SkipLast(1).Select(line => line.Text));
    }

    [Fact]
    public async Task Who_follows_loses_nothing_while_the_log_is_cut()
    {
        await using var rig = new ProcessRig();
        const int MaxBytes = 256 * 1024;
        var engine = rig.Open(maxLogBytes: MaxBytes);
        var id = await rig.StartAsync("i=10; while [ $i -lt 30 ]; do seq ${i}0000 ${i}9999; while [ ! -e read-$i ]; do sleep 0.01; done; i=$((i+1)); done", engine);
        var directory = Path.Combine(rig.Path, id.Split('~')[0]);
        var lines = new List<string>();

        await foreach (var line in engine.ReadLogsAsync(id, int.MaxValue, follow: true, ProcessRig.Cancellation))
        {
            lines.Add(line.Text);
            if (line.Text.EndsWith("9999", StringComparison.Ordinal))
            {
                LogFile.Bound(Path.Combine(directory, "output.log"), MaxBytes);
                await File.WriteAllTextAsync(Path.Combine(directory, "work", "read-" + line.Text[..2]), "", ProcessRig.Cancellation);
            }
        }

        Assert.Equal(Enumerable.Range(100_000, 200_000).Select(number => number.ToString(CultureInfo.InvariantCulture)), lines);
    }

    [Fact]
    public void Who_is_too_slow_goes_on_with_the_first_whole_line_that_is_left()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Write("log", "first\n");
        using var reader = new LogReader(path, isError: false, 64 * 1024);
        var before = reader.ReadNext();

        File.AppendAllText(path, string.Concat(Enumerable.Range(10_000, 20_000).Select(number => $"{number}\n")));
        LogFile.Bound(path, 64 * 1024);
        var after = reader.ReadNext();

        Assert.Equal("first", Assert.Single(before).Text);
        Assert.Equal(Enumerable.Range(30_000 - after.Count, after.Count).Select(number => number.ToString(CultureInfo.InvariantCulture)), after.Select(line => line.Text));
        Assert.InRange(after.Count, 5000, 7000);
        Assert.Equal(6 + (6 * 20_000), after[^1].End);
    }

    [Fact]
    public async Task Logs_of_all_runs_of_an_instance_follow_each_other()
    {
        await using var rig = new ProcessRig();
        var id = await rig.StartAsync("echo run; printf half >&2");
        await rig.UntilEndedAsync(id);
        await rig.Engine.StartAsync(id, ProcessRig.Cancellation);
        await rig.UntilEndedAsync(id);

        var lines = await rig.Engine.ReadLogsAsync(id, 10, follow: false, ProcessRig.Cancellation).ToListAsync(ProcessRig.Cancellation);

        Assert.Equal(["run", "run"], lines.Where(line => !line.IsError).Select(line => line.Text));
        Assert.Equal("halfhalf", Assert.Single(lines, line => line.IsError).Text);
    }

    [Fact]
    public async Task Where_no_shell_ties_a_program_to_its_log_the_engine_does()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Write("log", "old\n");

        await LogPump.RunAsync(new MemoryStream(Encoding.UTF8.GetBytes(new string('x', 100_000) + "\n")), path, ProcessRig.Cancellation);

        Assert.Equal("old\n" + new string('x', 100_000) + "\n", await File.ReadAllTextAsync(path, ProcessRig.Cancellation));
    }

    [Fact]
    public void A_log_that_started_over_is_read_from_its_beginning()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Write("log", "one\ntwo\n");
        using var reader = new LogReader(path, isError: false, 1024);
        var before = reader.ReadNext().ConvertAll(line => line.Text);

        File.WriteAllText(path, "3\n");

        Assert.Equal(["one", "two"], before);
        Assert.Equal(["3"], reader.ReadNext().ConvertAll(line => line.Text));
    }
}
