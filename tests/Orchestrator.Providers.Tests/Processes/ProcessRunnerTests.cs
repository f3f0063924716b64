using Orchestrator.Testing;

namespace Orchestrator.Providers.Processes;

public sealed class ProcessRunnerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lines_of_both_streams_and_the_exit_code_come_in_order()
    {
        var (lines, errors, exit) = await Shell.RunAsync(Shell.Request("echo one; echo two; echo bad >&2; printf three; exit 3", Shell.NewId()));

        Assert.Equal(["one", "two", "three"], lines);
        Assert.Equal(["bad"], errors);
        Assert.Equal((ProcessEnd.Exited, 3, "bad", 0), (exit.End, exit.ExitCode, exit.ErrorTail, exit.SurvivorsKilled));
    }

    [Fact]
    public async Task The_environment_is_exactly_the_given_one()
    {
        var request = Shell.Request("env", Shell.NewId()) with { Environment = new Dictionary<string, string> { ["A"] = "1", ["PATH"] = "/usr/bin:/bin" } };

        var (lines, _, _) = await Shell.RunAsync(request);

        Assert.Equal(["A", ProcessEnvironment.ExecutionMarker, "PATH", "PWD"], lines.Select(line => line.Split('=')[0]).Where(name => name is not ("_" or "SHLVL" or "OLDPWD")).Order());
    }

    [Theory]
    [InlineData("PATH", "/bin", true)]
    [InlineData("LC_ALL", "C", true)]
    [InlineData("DOTNET_ROOT", "/x", true)]
    [InlineData("DOTNET_SOME_TOKEN", "x", false)]
    [InlineData("GITHUB_TOKEN", "x", false)]
    [InlineData("DB_PASSWORD", "x", false)]
    [InlineData("ANYTHING", "x", false)]
    [InlineData("https_proxy", "http://proxy:1", true)]
    [InlineData("https_proxy", "http://user:word@proxy:1", false)]
    public void Only_harmless_variables_are_inherited(string name, string value, bool allowed) => Assert.Equal(allowed, ProcessEnvironment.IsAllowed(name, value));

    [Fact]
    public async Task Standard_input_is_delivered_and_closed()
    {
        var text = new string('x', 400_000);

        var (lines, _, _) = await Shell.RunAsync(Shell.Request("wc -c", Shell.NewId()) with { StandardInput = text });

        Assert.Equal("400000", Assert.Single(lines).Trim());
    }

    [Fact]
    public async Task A_program_that_never_reads_its_input_does_no_harm()
    {
        var (_, _, exit) = await Shell.RunAsync(Shell.Request("exit 0", Shell.NewId()) with { StandardInput = new string('x', 4_000_000) });

        Assert.Equal(0, exit.ExitCode);
    }

    [Fact]
    public async Task A_line_of_megabytes_comes_whole_and_a_longer_one_is_cut()
    {
        var request = Shell.Request("head -c 3000000 /dev/zero | tr '\\0' a; echo; echo after", Shell.NewId());

        var (whole, _, _) = await Shell.RunAsync(request);
        var (cut, _, _) = await Shell.RunAsync(request with { MaxLineBytes = 1000 });

        Assert.Equal([3_000_000, 5], whole.Select(line => line.Length));
        Assert.Equal([1001, 5], cut.Select(line => line.Length));
    }

    [Fact]
    public async Task Invalid_UTF8_becomes_replacement_characters()
    {
        var (lines, _, _) = await Shell.RunAsync(Shell.Request(@"printf 'a\377b\r\n\303\274\n'", Shell.NewId()));

        Assert.Equal(["a\uFFFDb", "ü"], lines);
    }

    [Fact]
    public async Task Only_the_tail_of_standard_error_is_kept()
    {
        var (_, _, exit) = await Shell.RunAsync(Shell.Request("i=0; while [ $i -lt 3000 ]; do echo line $i >&2; i=$((i+1)); done", Shell.NewId()));

        Assert.EndsWith("line 2999", exit.ErrorTail, StringComparison.Ordinal);
        Assert.InRange(exit.ErrorTail.Length, 4000, 8 * 1024);
    }

    [Fact]
    public async Task A_missing_program_is_named()
    {
        var request = Shell.Request("", Shell.NewId()) with { Command = new CommandLine { Executable = "no-such-program-here" } };

        var exception = await Assert.ThrowsAsync<ProcessStartException>(() => Shell.RunAsync(request));

        Assert.Equal(("providers.process_not_started", "no-such-program-here"), (exception.Code, exception.Executable));
    }

    [Fact]
    public async Task A_silent_start_ends_by_the_startup_clock()
    {
        var time = new ManualTimeProvider();
        var run = Shell.RunAsync(Shell.Request("exec sleep 600", Shell.NewId()), time);
        await time.WaitForTimerAsync(2, Token);

        time.Advance(Shell.Patient.Startup);

        Assert.Equal(ProcessEnd.StartupTimeout, (await run).Exit.End);
    }

    [Fact]
    public async Task Silence_after_output_ends_by_the_idle_clock_and_chatter_by_the_total_one()
    {
        var limits = new AgentTimeLimits { Startup = TimeSpan.FromSeconds(20), Idle = TimeSpan.FromMilliseconds(300), Total = TimeSpan.FromSeconds(20), Grace = TimeSpan.Zero };
        var chatty = limits with { Idle = TimeSpan.FromSeconds(20), Total = TimeSpan.FromMilliseconds(500) };

        var silent = await Shell.RunAsync(Shell.Request("echo hi; exec sleep 600", Shell.NewId()) with { Limits = limits });
        var talking = await Shell.RunAsync(Shell.Request("while :; do echo hi; sleep 0.05; done", Shell.NewId()) with { Limits = chatty });

        Assert.Equal(ProcessEnd.IdleTimeout, silent.Exit.End);
        Assert.Equal(ProcessEnd.TotalTimeout, talking.Exit.End);
    }

    [Theory]
    [InlineData(StopSignal.Terminate, "TERM")]
    [InlineData(StopSignal.Interrupt, "INT")]
    public async Task The_polite_signal_comes_first(StopSignal signal, string name)
    {
        var limits = Shell.Patient with { Idle = TimeSpan.FromMilliseconds(300), Grace = TimeSpan.FromSeconds(20) };
        var request = Shell.Request($"trap 'echo caught; exit 7' {name}; echo ready; while :; do sleep 0.05; done", Shell.NewId()) with { StopSignal = signal, Limits = limits };

        var (lines, _, exit) = await Shell.RunAsync(request);

        Assert.Equal(["ready", "caught"], lines);
        Assert.Equal((ProcessEnd.IdleTimeout, 7), (exit.End, exit.ExitCode));
    }

    [Fact]
    public async Task Cancellation_throws_only_when_nothing_is_left_running()
    {
        var id = Shell.NewId();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var request = Shell.Request("trap '' TERM; (sleep 601 & sleep 602) & setsid sleep 603 & echo up; sleep 604", id) with { Limits = Shell.Patient with { Grace = TimeSpan.FromMilliseconds(50) } };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in new ProcessRunner(TimeProvider.System).RunAsync(request, cancel.Token))
            {
                await cancel.CancelAsync();
            }
        });

        Assert.Empty(NativeProcesses.FindSurvivors(id, 0));
    }

    [Fact]
    public async Task A_reader_that_stops_early_leaves_nothing_running()
    {
        var id = Shell.NewId();
        await foreach (var _ in new ProcessRunner(TimeProvider.System).RunAsync(Shell.Request("setsid sleep 605 & while :; do echo more; done", id), Token))
        {
            break;
        }

        Assert.Empty(NativeProcesses.FindSurvivors(id, 0));
    }

    [Fact]
    public async Task What_a_program_leaves_running_is_killed_when_it_ends()
    {
        var id = Shell.NewId();

        var (lines, _, exit) = await Shell.RunAsync(Shell.Request("setsid sleep 606 & env -i sleep 607 & echo done", id));

        Assert.Equal(["done"], lines);
        Assert.Equal(ProcessEnd.Exited, exit.End);
        Assert.Empty(NativeProcesses.FindSurvivors(id, 0));
    }

    [Fact]
    public async Task A_slow_reader_is_not_taken_for_a_silent_program()
    {
        var time = new ManualTimeProvider();
        var count = 0;
        await foreach (var output in new ProcessRunner(time).RunAsync(Shell.Request("i=0; while [ $i -lt 200 ]; do echo $i; i=$((i+1)); done", Shell.NewId()), Token))
        {
            count++;
            Assert.True(output.Exit is null or { End: ProcessEnd.Exited });
        }

        Assert.Equal(201, count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_run_whose_clocks_cannot_be_set_ends_with_nothing_left_running(int timers)
    {
        var id = Shell.NewId() + timers;
        var request = Shell.Request("trap '' TERM; setsid sleep 617 & sleep 618", id) with { Limits = Shell.Patient with { Startup = TimeSpan.FromMilliseconds(300) } };

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Shell.RunAsync(request, new FailingClock(timers)));

        Assert.Empty(NativeProcesses.FindSurvivors(id, 0));
    }

    [Fact]
    public void Limits_that_no_timer_takes_are_refused()
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => new AgentTimeLimits { Total = TimeSpan.MaxValue });

        Assert.Contains("Total must be between 00:00:00.0010000 and 45.00:00:00", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new AgentTimeLimits { Startup = TimeSpan.FromDays(46) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new AgentTimeLimits { Idle = Timeout.InfiniteTimeSpan });
        Assert.Throws<ArgumentOutOfRangeException>(() => new AgentTimeLimits { Grace = TimeSpan.FromDays(50) });
        Assert.Equal(AgentTimeLimits.Longest, new AgentTimeLimits { Total = AgentTimeLimits.Longest }.Total);
    }
}
