using System.Runtime.Versioning;
using System.Text.Json;
using Orchestrator.Containers.Engines;
using Orchestrator.Secrets;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Docker;

/// <summary>What a program in an instance cannot do: each shown by trying.</summary>
[Trait("Engine", "Docker")]
public sealed class DockerSecurityTests
{
    [Theory]
    [InlineData("/escape")]
    [InlineData("/etc/passwd")]
    [InlineData("/bin/sh")]
    [InlineData("/tmp/file")]
    [InlineData("/readonly/file")]
    [InlineData("/proc/sys/kernel/core_pattern")]
    [InlineData("/proc/sysrq-trigger")]
    [InlineData("/sys/fs/cgroup/file")]
    public async Task It_cannot_write_there(string path)
    {
        await using var sandbox = DockerServer.Open();
        using var directory = new TemporaryDirectory();
        var id = await sandbox.StartAsync(sandbox.Specification("exec sleep 1000") with { Mounts = [new ContainerMount(directory.Path, "/readonly")] });

        var output = await sandbox.ExecuteAsync(id, $"echo x >> {path}");

        Assert.NotEqual(0, output[^1].ExitCode);
        Assert.Empty(Directory.GetFiles(directory.Path));
    }

    [Fact]
    public async Task It_writes_its_workspace_and_so_much_of_memory_as_it_was_given()
    {
        await using var sandbox = DockerServer.Open();
        using var directory = new TemporaryDirectory();
        var id = await sandbox.StartAsync(sandbox.Specification("exec sleep 1000") with
        {
            Mounts = [new ContainerMount(directory.Path, "/workspace", ReadOnly: false)],
            Tmpfs = [new ContainerTmpfs("/scratch", 1024 * 1024)],
        });

        var output = await sandbox.ExecuteAsync(id, "echo in > /workspace/file && dd if=/dev/zero of=/scratch/a bs=64k count=15 2> /dev/null && echo fits; dd if=/dev/zero of=/scratch/b bs=64k count=15 2> /dev/null || echo full");

        Assert.Equal(["fits", "full"], EngineSandbox.Lines(output));
        Assert.Equal("in\n", await File.ReadAllTextAsync(directory.Combine("file"), sandbox.Cancellation));
    }

    [Fact]
    public async Task It_has_no_capability_and_gains_none()
    {
        await using var sandbox = DockerServer.Open();
        var id = await sandbox.StartAsync();

        var status = EngineSandbox.Lines(await sandbox.ExecuteAsync(id, "cat /proc/self/status"));
        var refused = EngineSandbox.Lines(await sandbox.ExecuteAsync(
            id, "mount -t tmpfs none /var || echo mount; chroot / true || echo chroot; chown 1:1 /proc/self/fd || echo chown; mknod /dev/x b 8 0 || echo mknod; hostname x || echo hostname; kill -0 1 && echo own"));

        Assert.All(new[] { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" }, name => Assert.Contains($"{name}:\t0000000000000000", status));
        Assert.Contains("NoNewPrivs:\t1", status);
        Assert.Contains("Seccomp:\t2", status);
        Assert.Equal(["mount", "chroot", "chown", "mknod", "hostname", "own"], refused);
    }

    [Fact]
    public async Task It_keeps_only_the_capability_that_was_named()
    {
        await using var sandbox = DockerServer.Open();
        var id = await sandbox.StartAsync(sandbox.Specification("exec sleep 1000") with { Capabilities = ["NET_BIND_SERVICE"] });

        Assert.Contains("CapEff:\t0000000000000400", EngineSandbox.Lines(await sandbox.ExecuteAsync(id, "cat /proc/self/status")));
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task A_program_that_changes_the_user_does_not_become_root()
    {
        await using var sandbox = DockerServer.Open();
        using var directory = new TemporaryDirectory();
        var busybox = directory.Combine("su");
        File.Copy(Testing.Engines.Require("busybox"), busybox);
        File.SetUnixFileMode(busybox, (UnixFileMode)Convert.ToInt32("4755", 8));
        File.SetUnixFileMode(directory.Path, (UnixFileMode)Convert.ToInt32("755", 8));
        var mounts = new[] { new ContainerMount(directory.Path, "/set") }.ToValueList();
        var id = await sandbox.StartAsync(sandbox.Specification("exec sleep 1000") with { User = "65534:65534", Mounts = mounts });

        // The file would give its owner's user to whoever runs it, and then ask for a password, did the instance not forbid that.
        var output = await sandbox.ExecuteAsync(id, "id -u; /set/su root -c 'id -u'");

        Assert.Equal(["65534"], EngineSandbox.Lines(output));
        Assert.Equal(["su: must be suid to work properly"], EngineSandbox.Lines(output, error: true));
        Assert.NotEqual(0, output[^1].ExitCode);
    }

    [Fact]
    public async Task Without_a_network_it_reaches_nothing()
    {
        await using var sandbox = DockerServer.Open();
        var id = await sandbox.StartAsync();
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Any, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;

        var output = EngineSandbox.Lines(await sandbox.ExecuteAsync(
            id, $"ls /sys/class/net; for host in 127.0.0.1 172.17.0.1 1.1.1.1; do nc -w 2 $host {port} < /dev/null && echo reached $host; done; wc -l < /proc/net/route"));

        Assert.Equal(["lo", "1"], output);
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task An_internal_network_leads_to_its_members_and_nowhere_else()
    {
        await using var sandbox = DockerServer.Open();
        using var engine = DockerServer.Connect();
        var network = EngineSandbox.Unique();
        var networkId = await engine.Networks.CreateAsync(network, isInternal: true, sandbox.Labels, sandbox.Cancellation);
        try
        {
            var server = sandbox.Specification(sandbox.ServeScript) with { Network = network };
            await sandbox.StartAsync(server);
            var id = await sandbox.StartAsync(sandbox.Specification("exec sleep 1000") with { Network = network });

            var output = EngineSandbox.Lines(await sandbox.ExecuteAsync(
                id, $"until wget -q -O - http://{server.Name}:8080/; do sleep 0.1; done; nc -w 2 1.1.1.1 53 < /dev/null || echo closed"));

            Assert.Equal(["ok", "closed"], output);
            Assert.True((await engine.Networks.InspectAsync(network, sandbox.Cancellation))!.Internal);
        }
        finally
        {
            await sandbox.DisposeAsync();
            await engine.Networks.RemoveAsync(networkId, TestContext.Current.CancellationToken);
        }

        Assert.Null(await engine.Networks.InspectAsync(networkId, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task It_sees_neither_the_engine_nor_the_host()
    {
        await using var sandbox = DockerServer.Open();
        var id = await sandbox.StartAsync();

        var output = EngineSandbox.Lines(await sandbox.ExecuteAsync(
            id, "find / -xdev -type s; ls /var/run /run 2> /dev/null; ls /dev | grep -E '^(sd|vd|nvme|mem|kmsg)'; ls -d /proc/[0-9]* | wc -l"));

        Assert.True(int.Parse(Assert.Single(output), System.Globalization.CultureInfo.InvariantCulture) < 10);
    }

    [Fact]
    public async Task Too_many_processes_and_too_much_memory_end_in_the_instance()
    {
        await using var sandbox = DockerServer.Open();
        var limits = sandbox.Specification("exec sleep 1000") with { MaxProcesses = 20, MemoryBytes = 32 * 1024 * 1024, Cpus = 0.5, Tmpfs = [new ContainerTmpfs("/scratch", 256 * 1024 * 1024)] };
        var id = await sandbox.StartAsync(limits);
        var since = TimeProvider.System.GetUtcNow().AddMinutes(-1);

        var forks = await sandbox.ExecuteAsync(id, "i=0; while [ $i -lt 60 ]; do sleep 100 & i=$((i + 1)); done; echo unlimited");
        Assert.DoesNotContain("unlimited", EngineSandbox.Lines(forks));
        var eater = await sandbox.StartAsync(limits with { Name = EngineSandbox.Unique(), Command = EngineSandbox.Shell("exec dd if=/dev/zero of=/scratch/file bs=1M") });
        await sandbox.UntilAsync(eater, ContainerState.Exited);

        var status = await sandbox.InspectAsync(eater);
        Assert.Equal((137, true), (status.ExitCode, status.IsOutOfMemory));
        var events = await sandbox.EventsUntilAsync(since, one => one.Kind == ContainerEventKind.Exited && one.Id == eater);
        Assert.Contains(events, one => one.Id == eater && one.Kind == ContainerEventKind.OutOfMemory);
    }

    [Fact]
    public async Task No_secret_of_a_command_is_in_what_the_engine_tells_or_keeps()
    {
        await using var sandbox = DockerServer.Open();
        const string Secret = "s3cr3t-of-a-command";
        var id = await sandbox.StartAsync();
        var command = new ContainerCommand
        {
            Command = EngineSandbox.Shell("echo ${#KEY}; exec sleep 1000"),
            Secrets = new Dictionary<string, SecretValue> { ["KEY"] = new(Secret) },
        };

        await using var running = sandbox.Engine.ExecuteAsync(id, command, sandbox.Cancellation).GetAsyncEnumerator(sandbox.Cancellation);
        Assert.True(await running.MoveNextAsync());
        using var raw = DockerServer.RawClient();
        var inspected = await raw.GetStringAsync(new Uri($"http://docker/v1.41/containers/{id}/json"), sandbox.Cancellation);
        var runs = JsonDocument.Parse(inspected).RootElement.GetProperty("ExecIDs").EnumerateArray().Select(one => one.GetString()).ToArray();
        var run = await raw.GetStringAsync(new Uri($"http://docker/v1.41/exec/{Assert.Single(runs)}/json"), sandbox.Cancellation);
        var top = await raw.GetStringAsync(new Uri($"http://docker/v1.41/containers/{id}/top"), sandbox.Cancellation);
        var logs = await raw.GetStringAsync(new Uri($"http://docker/v1.41/containers/{id}/logs?stdout=1&stderr=1"), sandbox.Cancellation);

        Assert.All([inspected, run, top, logs], text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
        Assert.Contains("\"Running\":true", run, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_is_opened_on_loopback_only()
    {
        await using var sandbox = DockerServer.Open();
        var id = await sandbox.StartAsync(sandbox.Specification(sandbox.ServeScript) with { Ports = [8080], Network = "bridge" });

        using var raw = DockerServer.RawClient();
        var inspected = await raw.GetStringAsync(new Uri($"http://docker/v1.41/containers/{id}/json"), sandbox.Cancellation);
        var bindings = JsonDocument.Parse(inspected).RootElement.GetProperty("NetworkSettings").GetProperty("Ports").GetProperty("8080/tcp").EnumerateArray();

        Assert.Equal("127.0.0.1", Assert.Single(bindings).GetProperty("HostIp").GetString());
    }
}
