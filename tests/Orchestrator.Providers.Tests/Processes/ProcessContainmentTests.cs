using System.Diagnostics;
using System.Globalization;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Processes;

public sealed class ProcessContainmentTests
{
    // The process makes a session of its own and wipes its environment; its id is printed once it has done both.
    private const string Daemon = "env -i setsid sleep 613 </dev/null >/dev/null 2>&1 & while ! grep -q sleep /proc/$!/comm; do sleep 0.02; done; echo $!";

    private static int _runs;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool> MeansAndConfinement => new() { { "groups", true }, { "groups", false }, { "marks", true }, { "marks", false }, { "both", true }, { "both", false } };

    [Theory]
    [MemberData(nameof(MeansAndConfinement))]
    public async Task A_daemon_with_a_session_of_its_own_and_no_environment_does_not_outlive_the_run(string means, bool confined)
    {
        var (lines, exit) = await RunAsync(Daemon, Means(means), confined);

        Assert.False(IsAlive(Assert.Single(lines)));
        Assert.Equal((ProcessEnd.Exited, 0, 1), (exit.End, exit.ExitCode, exit.SurvivorsKilled));
    }

    [Theory]
    [MemberData(nameof(MeansAndConfinement))]
    public async Task Grandchildren_of_a_run_that_is_stopped_are_dead_when_it_has_ended(string means, bool confined)
    {
        const string Script = "(bash -c 'sleep 611 & echo $!; wait' & sleep 612 & echo $!; wait); echo never";
        var limits = Shell.Patient with { Idle = TimeSpan.FromMilliseconds(500), Grace = TimeSpan.FromMilliseconds(50) };

        var (lines, exit) = await RunAsync("trap '' TERM; " + Script, Means(means), confined, limits);

        Assert.Equal(2, lines.Count);
        Assert.All(lines, line => Assert.False(IsAlive(line)));
        Assert.Equal(ProcessEnd.IdleTimeout, exit.End);
    }

    [Theory]
    [MemberData(nameof(MeansAndConfinement))]
    public async Task Marks_and_groups_change_nothing_for_the_program(string means, bool oddNames)
    {
        const string Script = "cat; cat /proc/$$/environ | tr '\\0' '\\n' | cut -d= -f1 | sort | tr '\\n' ' '; echo; kill -TERM $$";
        var request = Shell.Request(Script, Shell.NewId() + means + oddNames) with
        {
            StandardInput = "first line\nsecond line\n",
            Environment = new Dictionary<string, string> { [oddNames ? "odd.name" : "LAST"] = "1", ["LAST"] = "2", ["PATH"] = "/usr/bin:/bin" },
        };

        var (lines, exit) = await RunAsync(request, Means(means));

        Assert.Equal(["first line", "second line", $"LAST ORCHESTRATOR_EXECUTION PATH {(oddNames ? "odd.name " : "")}"], lines);
        Assert.Equal(143, exit.ExitCode);
    }

    [Theory]
    [InlineData("groups")]
    [InlineData("marks")]
    public async Task What_a_dead_worker_left_is_found_by_the_executions_id_alone(string name)
    {
        var id = Shell.NewId() + name;
        var means = Means(name);
        var daemon = "";
        using (var started = ProcessStarter.Start(Shell.Request(Daemon + "; exec sleep 614", id), means).Process)
        {
            daemon = await started.StandardOutput.ReadLineAsync(Token);
            Assert.True(IsAlive(daemon!));

            // Nobody supervises it: that is how a crash leaves it.
            await OrphanedProcesses.EndAsync(id, Token);

            await started.WaitForExitAsync(Token);
        }

        Assert.False(IsAlive(daemon!));
        Assert.Empty(Directory.Exists(Parent) ? Directory.GetDirectories(Parent, $"orchestrator-*-{ExecutionMark.Of(id):x}-*") : []);
    }

    [Fact]
    public async Task Groups_of_dead_processes_are_emptied_and_removed_at_the_next_start()
    {
        Assert.SkipUnless(ProcessContainment.IsComplete, ProcessContainment.Description);
        var directory = Directory.CreateDirectory(Path.Combine(Parent!, $"orchestrator-{ControlGroups.NamespaceId()}-{int.MaxValue}-1-abc-1")).FullName;
        var mine = Directory.CreateDirectory(Path.Combine(Parent!, $"orchestrator-{ControlGroups.NamespaceId()}-{Environment.ProcessId}-{NativeProcesses.StartTimeOf(Environment.ProcessId)}-abc-1")).FullName;
        using var process = Process.Start("/bin/sleep", "615");
        Assert.True(new ControlGroup(directory).TryAdd(process.Id));

        Assert.NotNull(ControlGroups.Detect());

        await process.WaitForExitAsync(Token);
        Assert.False(Directory.Exists(directory));
        Assert.True(Directory.Exists(mine));
        Assert.True(new ControlGroup(mine).TryRemove());
    }

    [Fact]
    public async Task No_group_is_left_after_runs()
    {
        Assert.SkipUnless(ProcessContainment.IsComplete, ProcessContainment.Description);
        var id = Shell.NewId();

        await Task.WhenAll(Enumerable.Range(0, 10).Select(number => RunAsync(Shell.Request("sleep 616 & mkdir -p /x/y 2>/dev/null; echo hi", id + number), Means("both"))));

        Assert.Empty(Enumerable.Range(0, 10).SelectMany(number => Directory.GetDirectories(Parent!, $"orchestrator-*-{ExecutionMark.Of(id + number):x}-*")));
    }

    [Fact]
    public async Task A_program_that_cannot_be_started_leaves_no_group()
    {
        Assert.SkipUnless(ProcessContainment.IsComplete, ProcessContainment.Description);
        using var folder = new TemporaryDirectory();
        var id = Shell.NewId();
        var request = Shell.Request("", id) with { Command = new CommandLine { Executable = "no-such-program-here" } };

        await Assert.ThrowsAsync<ProcessStartException>(() => RunAsync(request, Means("both")));

        Assert.Empty(Directory.GetDirectories(Parent!, $"orchestrator-*-{ExecutionMark.Of(id):x}-*"));
    }

    [Fact]
    public void Marks_are_used_only_where_the_highest_can_be_set()
    {
        Assert.SkipUnless(ProcessContainment.Detected.SetsMarks, "There is no prlimit.");

        // A run of another orchestrator has its mark as its limit, and only who has the right to can go above it.
        string[] ordinary = Environment.IsPrivilegedProcess ? ["/usr/bin/setpriv", "--bounding-set=-sys_resource", "--inh-caps=-sys_resource"] : [];
        Assert.SkipUnless(ordinary.All(static word => word[0] != '/' || File.Exists(word)), "There is no setpriv.");
        string[] Below(ulong limit) => ["/usr/bin/prlimit", $"--locks={limit}:{limit}", .. ordinary];

        Assert.False(ExecutionMark.Detect(Below(ExecutionMark.Highest - 1)));
        Assert.True(ExecutionMark.Detect(Below(ExecutionMark.Highest)));
    }

    [Fact]
    public async Task A_group_that_does_not_take_the_process_is_dropped()
    {
        using var folder = new TemporaryDirectory(); // No control group: nothing in it takes a process.
        var id = Shell.NewId();

        var started = ProcessStarter.Start(Shell.Request("exec sleep 619", id), new ContainmentMeans(new ControlGroups(folder.Path, "1"), false));

        var groups = Directory.GetDirectories(folder.Path);
        await started.KillAllAsync(id);
        started.Process.Dispose();

        Assert.Null(started.Group);
        Assert.Empty(groups);
        Assert.Empty(NativeProcesses.FindSurvivors(id, 0));
    }

    [Theory]
    [InlineData("0::/a/b", "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw", "/sys/fs/cgroup/a/b")]
    [InlineData("0::/", "30 23 0:26 / /sys/fs/cgroup/unified rw shared:1 - cgroup2 none rw", "/sys/fs/cgroup/unified")]
    [InlineData("0::/docker/x/y", "30 23 0:26 /docker/x /sys/fs/cgroup ro - cgroup2 cgroup rw", "/sys/fs/cgroup/y")]
    [InlineData("0::/../other", "30 23 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup rw", null)]
    [InlineData("3:cpu:/a", "30 23 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup rw", null)]
    [InlineData("0::/a", "30 23 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu", null)]
    [InlineData("0::/a", "nonsense", null)]
    public void The_own_group_is_found_in_the_kernels_tables(string membership, string mount, string? expected) =>
        Assert.Equal(expected, ControlGroups.OwnDirectory([mount], [membership])?.TrimEnd('/'));

    [Fact]
    public void What_holds_processes_is_said_in_words()
    {
        Assert.Contains("gets away; install util-linux", ProcessContainment.Describe(ContainmentMeans.None), StringComparison.Ordinal);
        Assert.Contains("inherited mark", ProcessContainment.Describe(new ContainmentMeans(null, true)), StringComparison.Ordinal);
        Assert.NotEmpty(ProcessContainment.Description);
    }

    private static string? Parent => ControlGroups.OwnDirectory(File.ReadAllLines("/proc/self/mountinfo"), File.ReadAllLines("/proc/self/cgroup"));

    private static ContainmentMeans Means(string name)
    {
        var detected = ProcessContainment.Detected;
        Assert.SkipWhen(name is "groups" or "both" && detected.Groups is null, "This process may not make control groups.");
        Assert.SkipWhen(name is "marks" or "both" && !detected.SetsMarks, "There is no prlimit.");
        return name switch
        {
            "groups" => new ContainmentMeans(detected.Groups, false),
            "marks" => new ContainmentMeans(null, true),
            _ => detected,
        };
    }

    private static Task<(List<string> Lines, ProcessExit Exit)> RunAsync(string script, ContainmentMeans means, bool confined, AgentTimeLimits? limits = null) =>
        RunAsync(
            Shell.Request(script, string.Create(CultureInfo.InvariantCulture, $"containment-{Environment.ProcessId}-{Interlocked.Increment(ref _runs)}")) with { WritablePaths = confined ? ["/dev"] : null, Limits = limits ?? Shell.Patient },
            means);

    private static async Task<(List<string> Lines, ProcessExit Exit)> RunAsync(ProcessRequest request, ContainmentMeans means)
    {
        var lines = new List<string>();
        ProcessExit? exit = null;
        await foreach (var output in new ProcessRunner(TimeProvider.System, means).RunAsync(request, Token))
        {
            exit = output.Exit;
            lines.AddRange(output is { Line: { } line, IsError: false } ? [line] : []);
        }

        return (lines, exit!);
    }

    private static bool IsAlive(string processId)
    {
        try
        {
            return !File.ReadAllText($"/proc/{processId.Trim()}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
