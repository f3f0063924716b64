using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.EndToEnd.Kit;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd;

/// <summary>The main job with agents that run in containers of a real Docker Engine: the network closed, the model reached through the credential proxy alone.</summary>
[Trait("Engine", "Docker")]
public sealed class ContainerAgentsTests : IAsyncLifetime
{
    private const string Task = "Change line two of FILE={workspace}/hello.txt";
    private const string Key = "sk-marked-container-key-0123456789abcdef";

    private readonly string _pool = "e2e" + RandomNumberGenerator.GetHexString(8, lowercase: true);
    private readonly CliRig _rig = new();
    private readonly DockerProbe _docker = new();
    private readonly GitRepository _repository = SampleRepositories.WithHello();
    private FakeModels? _models;

    private FakeModels Models => _models!;

    public async ValueTask InitializeAsync()
    {
        Engines.Require("codex");
        _models = await FakeModels.StartAsync(TestContext.Current.CancellationToken);
        _rig.Environment["CODEX_API_KEY"] = Key;
    }

    [Fact]
    public async Task Codex_edits_in_a_container_without_a_network_and_the_verified_result_is_applied()
    {
        var result = await RunAsync(Configure(("codex", Codex("edit"))), "--verify", "grep -q \"CHANGED BY AGENT\" hello.txt", "--provider", "codex");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("line one\nline two CHANGED BY AGENT\nline three\n", _repository.Read("hello.txt"));
        Assert.Equal(["hello.txt", "made_by_shell.txt", "new_by_agent.txt"], result.ChangedFiles.Order(StringComparer.Ordinal));
        Assert.True(result.Report.GetProperty("usage").GetProperty("output_tokens").GetInt64() >= 56, result.ToString());
        Assert.DoesNotContain(Key, result.Output + result.Errors, StringComparison.Ordinal);
        Assert.Empty(SecretSearch.Find([Key], _rig.State, _rig.Home, _repository.Path));
        Assert.Contains(Key, Models.Log(), StringComparison.Ordinal);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task What_the_engine_says_of_a_container_at_work_holds_no_secret()
    {
        var config = Configure(("codex", Codex("hang")));
        await using var program = Start(config, "--provider", "codex");
        await UntilAsync(() => Models.Log().Contains("hang", StringComparison.Ordinal), program);

        var containers = await _docker.ContainersAsync(_pool);
        var told = await _docker.DescribeAsync(Assert.Single(containers));
        var shared = Directory.EnumerateDirectories(Path.Combine(_rig.State, "containers"), _pool + "-*", SearchOption.AllDirectories).ToArray();

        Assert.Empty(SecretSearch.In(told, [Key]));
        Assert.Contains("\"NetworkMode\":\"none\"", told, StringComparison.Ordinal);
        Assert.Contains("codex", told, StringComparison.Ordinal); // The agent's own command is among what was looked at.
        Assert.Equal("", await FilesWithKeyAsync(Assert.Single(shared)));
    }

    [Fact]
    public async Task A_daemon_that_the_agent_starts_does_not_outlive_the_run()
    {
        var result = await RunAsync(Configure(("codex", Codex("daemon"))), "--verify", "true", "--provider", "codex");

        Assert.Equal("no_changes", result.FailureClass);
        Assert.Contains("603", Models.Log(), StringComparison.Ordinal); // It was told to start one.
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task When_a_container_is_killed_in_the_middle_the_next_provider_does_the_task()
    {
        // The price makes Codex the first choice.
        var helper = ShellProviders.Shell(
            "sed -i 's/line two/line two BY HELPER/' hello.txt", new JsonObject { ["capabilities"] = new JsonArray("edit", "instructions"), ["pricePerTaskUsd"] = 50 });
        await using var program = Start(Configure(("codex", Codex("hang")), ("helper", helper)), "--verify", "grep -q HELPER hello.txt");
        await UntilAsync(() => Models.Log().Contains("hang", StringComparison.Ordinal), program);

        await _docker.KillAsync(Assert.Single(await _docker.ContainersAsync(_pool)));
        var exited = program.WaitAsync(TestContext.Current.CancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var seen = 1; !exited.IsCompleted; await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            // Whatever of Codex' further attempts hangs in a container is killed too.
            if (Models.Log().Split("\"hang\"").Length - 1 > seen && await _docker.ContainersAsync(_pool) is [var next])
            {
                seen++;
                await _docker.KillAsync(next);
            }
        }

        var report = JsonDocument.Parse(program.Output.Split('\n')[^1]).RootElement.GetProperty("report");
        Assert.True(await exited == 0, program.Output + program.Errors);
        var attempts = report.GetProperty("attempts").EnumerateArray().ToList();
        Assert.Equal("helper", attempts[^1].GetProperty("provider").GetString());
        Assert.Equal("crashed", attempts[0].GetProperty("failure").GetProperty("class").GetString());
        Assert.Equal("line one\nline two BY HELPER\nline three\n", _repository.Read("hello.txt"));
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task What_runs_in_a_container_cannot_write_outside_reach_the_machine_or_gain_privileges()
    {
        var outside = Path.Combine(_rig.Root, "outside");
        Directory.CreateDirectory(outside);
        var socket = _docker.Endpoint["unix://".Length..];
        var script = $$"""
            {
              touch {{outside}}/escaped 2> /dev/null && echo wrote-outside
              touch /escaped /bin/escaped /etc/escaped 2> /dev/null && echo wrote-root
              echo x >> /etc/passwd 2> /dev/null && echo wrote-passwd
              wget -q -T 3 -O /dev/null http://127.0.0.1:{{Models.Port}}/from-container 2> /dev/null && echo reached-host
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
        var result = await RunAsync(Configure(("probe", ShellProviders.Shell(script.Replace("{workspace}", ".", StringComparison.Ordinal)))), "--verify", "true", "--provider", "probe");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("1000\nCapEff:0000000000000000\nCapBnd:0000000000000000\nNoNewPrivs:1\nSeccomp:2\nend\n", _repository.Read("probe.txt"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
        Assert.DoesNotContain("from-container", Models.Log(), StringComparison.Ordinal);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Nothing_of_one_execution_is_found_by_the_next()
    {
        _rig.Environment["CODEX_API_KEY"] = null; // Codex takes no part.
        JsonObject Takes(decimal price) => new() { ["capabilities"] = new JsonArray("edit", "instructions"), ["pricePerTaskUsd"] = price };
        var first = ShellProviders.Shell("touch $HOME/left $TMPDIR/left /tmp/left; setsid sleep 604 > /dev/null 2>&1 & exit 1", Takes(0));
        var second = ShellProviders.Shell("{ ls -A $HOME $TMPDIR /tmp | grep left; pidof sleep | wc -w; } > found.txt; exit 0", Takes(50));

        var result = await RunAsync(Configure(("first", first), ("second", second)), "--verify", "true");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(["first", "second"], result.Report.GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("provider").GetString()));
        Assert.Equal("1\n", _repository.Read("found.txt")); // The container's own.
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_pool_that_nobody_configured_is_told_before_anything_is_started()
    {
        var config = Configure(("probe", ShellProviders.Shell("true")));

        var result = await _rig.RunAsync("run", "--repo", _repository.Path, "--task", Task, "--config", config, "--container", "elsewhere");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(_pool, result.Output + result.Errors, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_models is not null)
        {
            await _models.DisposeAsync();
        }

        foreach (var left in await _docker.ContainersAsync(_pool))
        {
            await _docker.RemoveAsync(left);
        }

        _docker.Dispose();
        _repository.Dispose();
        _rig.Dispose();
    }

    private JsonObject Codex(string scenario) => new() { ["executable"] = "codex", ["model"] = "gpt-5", ["baseUrl"] = Models.BaseUrl(scenario) };

    private string Configure(params (string Name, JsonObject Settings)[] providers)
    {
        var path = _rig.ConfigureProviders(providers);
        var settings = JsonNode.Parse(File.ReadAllText(path))!;
        settings["containers"] = new JsonObject
        {
            ["endpoint"] = _docker.Endpoint,
            ["pools"] = new JsonObject { [_pool] = new JsonObject { ["image"] = DockerProbe.Image, ["user"] = Environment.IsPrivilegedProcess ? "1000:1000" : null, ["memoryBytes"] = 1024 * 1024 * 1024, ["maxInstances"] = 1 } },
        };
        return _rig.Configure(settings.ToJsonString());
    }

    private string[] Arguments(string config, string[] more) => ["run", "--repo", _repository.Path, "--task", Task, "--config", config, "--container", _pool, .. more];

    private Task<CliResult> RunAsync(string config, params string[] more) => _rig.RunAsync(Arguments(config, more));

    private RunningProgram Start(string config, params string[] more) => _rig.Start([.. Arguments(config, more), "--json"]);

    private static async Task UntilAsync(Func<bool> condition, RunningProgram program)
    {
        var exited = program.WaitAsync(TestContext.Current.CancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!condition())
        {
            Assert.False(exited.IsCompleted, program.Output + program.Errors);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Reads what the agent holds locked, too, as .NET would not.</summary>
    private static async Task<string> FilesWithKeyAsync(string folder)
    {
        using var grep = Process.Start(new ProcessStartInfo("grep", ["-rlaF", "-D", "skip", "-e", Key, "--", folder]) { RedirectStandardOutput = true })!;
        var found = await grep.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await grep.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(grep.ExitCode <= 1, "grep could not read everything.");
        return found;
    }

    private async Task AssertNothingLeftAsync()
    {
        _rig.AssertNothingLeft();
        Assert.Empty(await _docker.ContainersAsync(_pool));
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(_rig.State, "containers"), _pool + "-*", SearchOption.AllDirectories));
    }
}
