using System.Text.Json.Nodes;
using Orchestrator.EndToEnd.Kit;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd;

/// <summary>The main job with agents that run in containers of a real Docker Engine: the network closed, the model reached through the credential proxy alone.</summary>
[Trait("Engine", "Docker")]
public sealed class ContainerAgentsTests : IAsyncLifetime
{
    private const string Key = "sk-marked-container-key-0123456789abcdef";

    private ContainerRig? _rig;

    private ContainerRig Rig => _rig!;

    public async ValueTask InitializeAsync()
    {
        Engines.Require("codex");
        _rig = await ContainerRig.StartAsync("codex", ContainerRig.OrdinaryUser);
        Rig.Cli.Environment["CODEX_API_KEY"] = Key;
    }

    [Fact]
    public async Task Codex_edits_in_a_container_without_a_network_and_the_verified_result_is_applied()
    {
        var result = await Rig.RunAsync(Rig.Configure(("codex", Codex("edit"))), "--verify", "grep -q \"CHANGED BY AGENT\" hello.txt", "--provider", "codex");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("line one\nline two CHANGED BY AGENT\nline three\n", Rig.Repository.Read("hello.txt"));
        Assert.Equal(["hello.txt", "made_by_shell.txt", "new_by_agent.txt"], result.ChangedFiles.Order(StringComparer.Ordinal));
        Assert.True(result.Report.GetProperty("usage").GetProperty("output_tokens").GetInt64() >= 56, result.ToString());
        Rig.AssertKeyIsNowhere(Key, result);
        await Rig.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task What_the_engine_says_of_a_container_at_work_holds_no_secret()
    {
        var config = Rig.Configure(("codex", Codex("hang")));
        await using var program = Rig.Start(config, "--provider", "codex");
        await Rig.UntilAskedAsync("hang", program);

        var told = await Rig.AssertContainerHasNoKeyAsync(Key);

        Assert.Contains("codex", told, StringComparison.Ordinal); // The agent's own command is among what was looked at.
    }

    [Fact]
    public async Task A_daemon_that_the_agent_starts_does_not_outlive_the_run()
    {
        var result = await Rig.RunAsync(Rig.Configure(("codex", Codex("daemon"))), "--verify", "true", "--provider", "codex");

        Assert.Equal("no_changes", result.FailureClass);
        Assert.Contains("603", Rig.Models.Log(), StringComparison.Ordinal); // It was told to start one.
        await Rig.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task When_a_container_is_killed_in_the_middle_the_next_provider_does_the_task()
    {
        // The price makes Codex the first choice.
        var helper = ShellProviders.Shell(
            "sed -i 's/line two/line two BY HELPER/' hello.txt", new JsonObject { ["capabilities"] = new JsonArray("edit", "instructions"), ["pricePerTaskUsd"] = 50 });
        await using var program = Rig.Start(Rig.Configure(("codex", Codex("hang")), ("helper", helper)), "--verify", "grep -q HELPER hello.txt");
        await Rig.UntilAskedAsync("hang", program);

        await Rig.Docker.KillAsync(Assert.Single(await Rig.Docker.ContainersAsync(Rig.Pool)));
        var exited = program.WaitAsync(TestContext.Current.CancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var seen = 1; !exited.IsCompleted; await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            // Whatever of Codex' further attempts hangs in a container is killed too.
            if (Rig.Models.Log().Split("\"hang\"").Length - 1 > seen && await Rig.Docker.ContainersAsync(Rig.Pool) is [var next])
            {
                seen++;
                await Rig.Docker.KillAsync(next);
            }
        }

        var report = program.Report;
        Assert.True(await exited == 0, program.Output + program.Errors);
        var attempts = report.GetProperty("attempts").EnumerateArray().ToList();
        Assert.Equal("helper", attempts[^1].GetProperty("provider").GetString());
        Assert.Equal("crashed", attempts[0].GetProperty("failure").GetProperty("class").GetString());
        Assert.Equal("line one\nline two BY HELPER\nline three\n", Rig.Repository.Read("hello.txt"));
        await Rig.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task What_runs_in_a_container_cannot_write_outside_reach_the_machine_or_gain_privileges()
    {
        var outside = Path.Combine(Rig.Cli.Root, "outside");
        Directory.CreateDirectory(outside);
        var socket = Rig.Docker.Endpoint["unix://".Length..];
        var script = $$"""
            {
              touch {{outside}}/escaped 2> /dev/null && echo wrote-outside
              touch /escaped /bin/escaped /etc/escaped 2> /dev/null && echo wrote-root
              echo x >> /etc/passwd 2> /dev/null && echo wrote-passwd
              wget -q -T 3 -O /dev/null http://127.0.0.1:{{Rig.Models.Port}}/from-container 2> /dev/null && echo reached-host
              test -e {{socket}} && echo sees-docker
              test -e /var/run/docker.sock && echo sees-docker
              su root -c true 2> /dev/null && echo became-root
              cp /bin/busybox {workspace}/busybox && chmod 4755 {workspace}/busybox && {workspace}/busybox id -u
              rm -f {workspace}/busybox
              mount -t tmpfs none /tmp 2> /dev/null && echo mounted
              mknod /tmp/disk b 8 0 2> /dev/null && echo made-device
              chown 0 {workspace}/hello.txt 2> /dev/null && echo gave-away
              unshare -r true 2> /dev/null && grep -q "CapEff:.*[1-9a-f]" /proc/self/status && echo kept-capabilities
              grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\t'
              grep -v -E 'lo:|Inter|face' /proc/net/dev
              env | grep -i -E 'key|token|secret'
              echo end
            } > probe.txt
            """;
        var result = await Rig.RunAsync(Rig.Configure(("probe", ShellProviders.Shell(script.Replace("{workspace}", ".", StringComparison.Ordinal)))), "--verify", "true", "--provider", "probe");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("1000\nCapEff:0000000000000000\nCapBnd:0000000000000000\nNoNewPrivs:1\nSeccomp:2\nend\n", Rig.Repository.Read("probe.txt"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
        Assert.DoesNotContain("from-container", Rig.Models.Log(), StringComparison.Ordinal);
        await Rig.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Nothing_of_one_execution_is_found_by_the_next()
    {
        Rig.Cli.Environment["CODEX_API_KEY"] = null; // Codex takes no part.
        JsonObject Takes(decimal price) => new() { ["capabilities"] = new JsonArray("edit", "instructions"), ["pricePerTaskUsd"] = price };
        var first = ShellProviders.Shell("touch $HOME/left $TMPDIR/left /tmp/left; setsid sleep 604 > /dev/null 2>&1 & exit 1", Takes(0));
        var second = ShellProviders.Shell("{ ls -A $HOME $TMPDIR /tmp | grep left; pidof sleep | wc -w; } > found.txt; exit 0", Takes(50));

        var result = await Rig.RunAsync(Rig.Configure(("first", first), ("second", second)), "--verify", "true");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(["first", "second"], result.Report.GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("provider").GetString()));
        Assert.Equal("1\n", Rig.Repository.Read("found.txt")); // The container's own.
        await Rig.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_program_that_runs_too_long_is_asked_to_end_before_its_container_is_killed()
    {
        const string Script = "trap 'echo asked; sleep 1; echo tidied up; exit 3' TERM; echo begun; while :; do sleep 0.1; done";
        var limits = new JsonObject { ["timeLimit"] = "00:00:02" };

        var result = await Rig.RunAsync(Rig.Configure(("probe", ShellProviders.Shell(Script, limits))), "--provider", "probe", "--json");

        Assert.Equal("timeout", result.FailureClass);
        Assert.Contains("tidied up", result.Output, StringComparison.Ordinal);
        await Rig.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task What_a_chat_agent_runs_runs_in_containers_with_the_workspace_between_them()
    {
        var outside = Directory.CreateDirectory(Path.Combine(Rig.Cli.Root, "outside")).FullName;
        JsonObject Run(string script) => new() { ["command"] = $"sh -c '{script}'" };
        await using var model = new ChatModel(
            ("run", Run($"echo made > made.txt; touch $HOME/kept /tmp/gone; sleep 605 & touch {outside}/escaped 2> /dev/null || echo held; id -u; ls /sys/class/net")),
            ("create", new JsonObject { ["path"] = "between.txt", ["file_text"] = "by a tool\n" }),
            ("run", Run("cat made.txt between.txt; ls $HOME; ls /tmp | grep gone; pidof sleep | wc -w")));
        var chat = new JsonObject { ["kind"] = "chat", ["baseUrl"] = model.BaseUrl, ["model"] = "house-model", ["allowedCommands"] = new JsonArray("sh *") };

        var result = await Rig.RunAsync(Rig.Configure(("house", chat)), "--verify", "test -s made.txt", "--provider", "house");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(["between.txt", "made.txt"], result.ChangedFiles.Order(StringComparer.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
        Assert.EndsWith("exit code 0.\nheld\n1000\nlo", model.Results[0], StringComparison.Ordinal);
        Assert.EndsWith("exit code 0.\nmade\nby a tool\nkept\n1", model.Results[2], StringComparison.Ordinal); // The one sleep is the container's own.
        await Rig.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_pool_that_nobody_configured_is_told_before_anything_is_started()
    {
        var config = Rig.Configure(("probe", ShellProviders.Shell("true")));

        var result = await Rig.Cli.RunAsync("run", "--repo", Rig.Repository.Path, "--task", ContainerRig.Task, "--config", config, "--container", "elsewhere");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(Rig.Pool, result.Output + result.Errors, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _rig?.DisposeAsync() ?? ValueTask.CompletedTask;

    private JsonObject Codex(string scenario) => new() { ["executable"] = "codex", ["model"] = "gpt-5", ["baseUrl"] = Rig.Models.BaseUrl(scenario) };
}
