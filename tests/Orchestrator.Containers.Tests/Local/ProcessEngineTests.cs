using System.Runtime.Versioning;
using Orchestrator.Containers.Engines;
using Orchestrator.Containers.Local.Processes;
using Orchestrator.Containers.Local.Starting;
using Orchestrator.Containers.Local.State;

namespace Orchestrator.Containers.Local;

[UnsupportedOSPlatform("windows")]
public sealed class ProcessEngineTests
{
    private const UnixFileMode OthersToo = (UnixFileMode)0b000_111_111;

    [Fact]
    public async Task Nobody_else_may_look_into_an_instance()
    {
        await using var rig = new ProcessRig();

        await rig.StartAsync(ProcessRig.Specification("exec sleep 1000", "private"));

        var folder = Path.Combine(rig.Path, "private");
        Assert.All([folder, .. Directory.GetFileSystemEntries(folder)], path => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & OthersToo));
    }

    [Fact]
    public async Task Removing_leaves_nothing_on_disk_not_even_what_was_made_read_only()
    {
        await using var rig = new ProcessRig();
        var id = await rig.StartAsync("mkdir -p deep/er; echo x > deep/er/file; chmod 400 deep/er/file; chmod 500 deep/er deep; mktemp > /dev/null; echo made; exec sleep 1000");
        await rig.LinesAsync(id, 1);

        await rig.Engine.RemoveAsync(id, ProcessRig.Cancellation);

        Assert.Empty(Directory.GetFileSystemEntries(rig.Path));
    }

    [Fact]
    public async Task A_program_gets_the_variables_of_its_specification_and_a_bare_minimum()
    {
        await using var rig = new ProcessRig();
        const string Program = "print join(' ', sort keys %ENV), \"\\n\", $ENV{'with.dot'}, $ENV{'-i'}, $ENV{HOME}, length $ENV{OWN}";
        var environment = new ValueMap(
            [KeyValuePair.Create("OWN", "a\nb"), KeyValuePair.Create("with.dot", "dot value"), KeyValuePair.Create("-i", "dash"), KeyValuePair.Create("HOME", "/proc")]);
        var specification = new ContainerSpecification
        {
            Name = EngineSandbox.Unique(),
            Image = "none",
            Command = new CommandLine { Executable = "perl", Arguments = ["-e", Program] },
            Environment = environment,
            Ports = [80, 81],
        };

        var id = await rig.StartAsync(specification);
        var lines = await rig.LinesAsync(id, 2);

        string[] allowed = ["PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ", "USER", "LOGNAME", "OWN", "with.dot", "-i", "PORT", "PORT_1", "PORT_2", "ORCHESTRATOR_INSTANCE", "PWD", "_"];
        Assert.Empty(lines[0].Split(' ').Except(allowed));
        string[] needed = ["PATH", "HOME", "OWN", "with.dot", "-i", "PORT", "PORT_1", "PORT_2"];
        Assert.Empty(needed.Except(lines[0].Split(' ')));
        Assert.Equal("dot valuedash/proc3", lines[1]);
    }

    [Fact]
    public async Task Every_port_is_told_by_variable_and_by_status()
    {
        await using var rig = new ProcessRig();

        var id = await rig.StartAsync(ProcessRig.Specification("echo $PORT $PORT_1 $PORT_2; exec sleep 1000") with { Ports = [8080, 9090] });
        var told = (await rig.LinesAsync(id, 1))[0].Split(' ');

        var endpoints = (await rig.Engine.InspectAsync(id, ProcessRig.Cancellation))!.Endpoints;
        Assert.Equal([8080, 9090], endpoints.Select(endpoint => endpoint.Port));
        Assert.Equal([$"{endpoints[0].HostPort}", $"{endpoints[0].HostPort}", $"{endpoints[1].HostPort}"], told);
    }

    [Theory]
    [InlineData("../escape~1")]
    [InlineData("~")]
    [InlineData("..~1")]
    [InlineData("/etc~1")]
    [InlineData("a/b~1")]
    [InlineData("no-separator")]
    public async Task A_hostile_id_finds_nothing(string id)
    {
        await using var rig = new ProcessRig();
        Directory.CreateDirectory(Path.Combine(rig.Path, "a"));

        Assert.Null(await rig.Engine.InspectAsync(id, ProcessRig.Cancellation));
        await rig.Engine.RemoveAsync(id, ProcessRig.Cancellation);
        var error = await Assert.ThrowsAsync<ProcessEngineException>(async () => await rig.Engine.StartAsync(id, ProcessRig.Cancellation));

        Assert.Equal(ProcessEngineException.NotFound, error.Code);
        Assert.Equal(["a"], Directory.GetFileSystemEntries(rig.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task The_id_of_a_removed_instance_does_not_mean_its_successor_of_the_same_name()
    {
        await using var rig = new ProcessRig();
        var old = await rig.StartAsync(ProcessRig.Specification("exec sleep 1000", "again"));
        await rig.Engine.RemoveAsync(old, ProcessRig.Cancellation);
        var successor = await rig.StartAsync(ProcessRig.Specification("exec sleep 1000", "again"));

        await rig.Engine.RemoveAsync(old, ProcessRig.Cancellation);

        Assert.Null(await rig.Engine.InspectAsync(old, ProcessRig.Cancellation));
        Assert.Equal(ContainerState.Running, (await rig.Engine.InspectAsync(successor, ProcessRig.Cancellation))!.State);
    }

    [Fact]
    public async Task Labels_of_any_text_are_kept()
    {
        await using var rig = new ProcessRig();
        var labels = new ValueMap([KeyValuePair.Create("a=b,c\n\"d'\\", "v\t~\u2028✓{}"), KeyValuePair.Create("", "")]);
        var id = await rig.Engine.CreateAsync(ProcessRig.Specification("true") with { Labels = labels }, ProcessRig.Cancellation);

        var found = Assert.Single(await rig.Open().ListAsync(labels, ProcessRig.Cancellation));

        Assert.Equal((id, labels), (found.Id, found.Labels));
    }

    [Theory]
    [InlineData("")]
    [InlineData("A=B")]
    public async Task A_variable_needs_a_name_that_can_be_one(string name)
    {
        await using var rig = new ProcessRig();

        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await rig.Engine.CreateAsync(ProcessRig.Specification("true") with { Environment = ValueMap.Empty.With(name, "x") }, ProcessRig.Cancellation));

        Assert.Empty(Directory.GetFileSystemEntries(rig.Path));
    }

    [Fact]
    public async Task What_cannot_be_started_stays_as_it_was_made()
    {
        await using var rig = new ProcessRig();
        ContainerSpecification[] wrong =
        [
            ProcessRig.Specification("true") with { Command = new CommandLine { Executable = "no-such-program" } },
            ProcessRig.Specification("true") with { WorkingDirectory = "/no/such/directory" },
        ];

        foreach (var specification in wrong)
        {
            var id = await rig.Engine.CreateAsync(specification, ProcessRig.Cancellation);
            var error = await Assert.ThrowsAsync<ProcessEngineException>(async () => await rig.Engine.StartAsync(id, ProcessRig.Cancellation));

            Assert.Equal(ProcessEngineException.StartFailed, error.Code);
            Assert.Equal(ContainerState.Created, (await rig.Engine.InspectAsync(id, ProcessRig.Cancellation))!.State);
        }
    }

    [Fact]
    public async Task A_directory_in_a_mount_is_that_of_the_host()
    {
        await using var rig = new ProcessRig();
        var host = Directory.CreateDirectory(Path.Combine(rig.Path, ".host", "below")).Parent!.FullName;

        var id = await rig.StartAsync(ProcessRig.Specification("pwd; exec sleep 1000") with { Mounts = [new ContainerMount(host, "/workspace")], WorkingDirectory = "/workspace" });
        var inside = new ContainerCommand { Command = EngineSandbox.Shell("pwd"), WorkingDirectory = "/workspace/below" };
        var first = await rig.Engine.ExecuteAsync(id, inside, ProcessRig.Cancellation).FirstAsync(ProcessRig.Cancellation);

        Assert.Equal([host], await rig.LinesAsync(id, 1));
        Assert.Equal(Path.Combine(host, "below"), first.Text);
    }

    [Fact]
    public async Task A_program_whose_starter_dies_before_it_is_on_record_never_runs()
    {
        await using var rig = new ProcessRig();
        var directory = new InstanceDirectory(Path.Combine(rig.Path, ".gate"));
        directory.Create();
        var variables = new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! };
        using var program = InstanceProgram.Start(ProcessRig.Specification("echo ran > ran"), directory, variables, rig.Table);

        program.Process.StandardInput.BaseStream.Dispose(); // As when the starter dies.
        await program.Process.WaitForExitAsync(ProcessRig.Cancellation);

        Assert.NotEqual(0, program.Process.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(directory.Work));
    }

    [Fact]
    public async Task On_a_system_without_a_process_table_instances_start_stop_run_commands_and_are_listed()
    {
        await using var rig = new ProcessRig();
        var engine = rig.Open(table: new PortableProcessTable());
        var id = await rig.StartAsync("trap 'exit 3' TERM; echo up; while :; do sleep 0.05; done", engine);
        var up = await engine.ReadLogsAsync(id, 10, follow: true, ProcessRig.Cancellation).FirstAsync(ProcessRig.Cancellation);

        var output = await rig.ExecuteAsync(id, "echo works", engine);
        var listed = Assert.Single(await engine.ListAsync(ValueMap.Empty, ProcessRig.Cancellation));
        string[] codes =
        [
            (await Assert.ThrowsAsync<ProcessEngineException>(async () => await engine.PauseAsync(id, ProcessRig.Cancellation))).Code,
            (await Assert.ThrowsAsync<ProcessEngineException>(async () => await engine.GetUsageAsync(id, ProcessRig.Cancellation))).Code,
        ];
        await engine.StopAsync(id, TimeSpan.FromSeconds(30), ProcessRig.Cancellation);
        var stopped = await engine.InspectAsync(id, ProcessRig.Cancellation);
        await engine.RemoveAsync(id, ProcessRig.Cancellation);

        Assert.Equal(("up", ContainerState.Running), (up.Text, listed.State));
        Assert.Equal([new ContainerOutput("works"), new("", ExitCode: 0)], output);
        Assert.All(codes, code => Assert.Equal(ProcessEngineException.Unsupported, code));
        Assert.Equal((ContainerState.Exited, 3), (stopped!.State, stopped.ExitCode));
        Assert.Empty(Directory.GetFileSystemEntries(rig.Path));
    }
}
