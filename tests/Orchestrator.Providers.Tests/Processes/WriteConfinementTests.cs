using Orchestrator.Testing;

namespace Orchestrator.Providers.Processes;

public sealed class WriteConfinementTests
{
    [Fact]
    public async Task A_confined_program_writes_where_it_may_and_nowhere_else()
    {
        Assert.SkipUnless(WriteConfinement.IsSupported, WriteConfinement.Description);
        using var folder = new TemporaryDirectory();
        var inside = Directory.CreateDirectory(Path.Combine(folder.Path, "in")).FullName;
        var outside = folder.Write("out.txt", "mine");
        var script = $"""
            echo a > '{inside}/new' && mkdir '{inside}/d' && mv '{inside}/new' '{inside}/d/x' && echo written
            echo evil > '{outside}' || echo refused write
            echo evil > '{folder.Path}/new' || echo refused new
            rm -f '{outside}' || echo refused remove
            mv '{inside}/d/x' '{folder.Path}/x' || echo refused move
            (truncate -s 0 '{outside}') || echo refused truncate
            cat '{outside}'; echo; echo x > /dev/null && echo null
            """;

        var (lines, _, _) = await Shell.RunAsync(Shell.Request(script, Shell.NewId()) with { WritablePaths = [inside, "/dev", "/not/there"] });

        Assert.Equal(["written", "refused write", "refused new", "refused remove", "refused move", "refused truncate", "mine", "null"], lines);
        Assert.Equal("mine", await File.ReadAllTextAsync(outside, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Not_even_the_shared_temporary_folder_takes_its_files()
    {
        Assert.SkipUnless(WriteConfinement.IsSupported, WriteConfinement.Description);

        var (lines, _, _) = await Shell.RunAsync(Shell.Request("echo x > /tmp/orchestrator-$$ || echo refused; mkdir /tmp/orchestrator-$$ || echo refused", Shell.NewId()) with { WritablePaths = ["/dev"] });

        Assert.Equal(["refused", "refused"], lines);
    }

    [Fact]
    public async Task No_thread_of_this_process_stays_confined()
    {
        Assert.SkipUnless(WriteConfinement.IsSupported, WriteConfinement.Description);
        var request = Shell.Request("echo hi", Shell.NewId()) with { WritablePaths = ["/dev"] };

        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Shell.RunAsync(request with { ExecutionId = request.ExecutionId + number })));

        var confined = Directory.GetDirectories("/proc/self/task").Where(task => File.ReadAllText(task + "/status").Contains("NoNewPrivs:\t1", StringComparison.Ordinal));
        Assert.Empty(confined.Select(task => File.ReadAllText(task + "/comm")));
        using var folder = new TemporaryDirectory();
        Assert.True(File.Exists(folder.Write("still.txt", "allowed")));
    }

    [Fact]
    public async Task A_confined_program_cannot_kill_what_is_outside()
    {
        Assert.SkipUnless(WriteConfinement.IsSupported, WriteConfinement.Description);

        var (lines, _, _) = await Shell.RunAsync(Shell.Request($"kill -0 {Environment.ProcessId} || echo refused", Shell.NewId()) with { WritablePaths = ["/dev"] });

        Assert.Equal(["refused"], lines);
    }

    [Fact]
    public async Task Of_the_devices_only_those_that_ordinary_programs_need_are_writable()
    {
        Assert.SkipUnless(WriteConfinement.IsSupported, WriteConfinement.Description);
        using var folder = new TemporaryDirectory();
        var shared = $"/dev/shm/orchestrator-{Environment.ProcessId}";
        var script = $"""
            exec 2>/dev/null
            for device in null zero full random urandom ptmx; do (: > /dev/$device) && echo $device; done
            script -qec 'test -t 1 && echo terminal' /dev/null
            (: >> /dev/kmsg) || echo refused kmsg
            (: > {shared}) || echo refused shared
            (: > /dev/orchestrator) || echo refused new
            mknod '{folder.Path}/device' c 1 3 || echo refused device
            """;

        var (lines, _, _) = await Shell.RunAsync(Shell.Request(script, Shell.NewId()) with { WritablePaths = [.. WriteConfinement.Devices, folder.Path] });

        Assert.Equal(
            ["null", "zero", "full", "random", "urandom", "ptmx", "terminal", "refused kmsg", "refused shared", "refused new", "refused device"], lines.Select(static line => line.Trim()));
        Assert.False(File.Exists(shared));
    }

    [Fact]
    public async Task Device_files_cannot_be_made_even_where_everything_else_can()
    {
        Assert.SkipUnless(WriteConfinement.IsSupported, WriteConfinement.Description);
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can make device files at all.");
        using var folder = new TemporaryDirectory();
        var script = $"cd '{folder.Path}' && mkdir d && mkfifo p && mknod c c 1 3; mknod b b 7 0; echo *";

        var (lines, _, _) = await Shell.RunAsync(Shell.Request(script, Shell.NewId()) with { WritablePaths = ["/"] });

        Assert.Equal(["d p"], lines);
    }
}
