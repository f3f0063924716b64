using System.Globalization;
using System.Text.Json;
using Orchestrator.Secrets;

namespace Orchestrator.Containers.Engines;

/// <summary>What every engine does with a command in an instance.</summary>
public abstract class CommandConformance
{
    [Fact]
    public async Task The_two_streams_come_apart_and_the_exit_code_last()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync();

        var output = await sandbox.ExecuteAsync(id, "echo one; echo two >&2; printf three; exit 5");

        Assert.Equal(["one", "three"], EngineSandbox.Lines(output));
        Assert.Equal(["two"], EngineSandbox.Lines(output, error: true));
        Assert.Equal(new ContainerOutput("", ExitCode: 5), output[^1]);
        Assert.Single(output, line => line.ExitCode is not null);
    }

    [Fact]
    public async Task Arguments_arrive_as_they_are()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync();
        string[] arguments = ["a b", "", "$HOME `id` \"'\\", "--", "ünï✓", "*"];

        var output = await sandbox.ExecuteAsync(id, new ContainerCommand { Command = EngineSandbox.Shell("printf '<%s>\\n' \"$@\"", arguments) });

        Assert.Equal(arguments.Select(argument => $"<{argument}>"), EngineSandbox.Lines(output));
        Assert.Equal(0, output[^1].ExitCode);
    }

    [Fact]
    public async Task A_command_has_the_variables_of_its_instance_and_its_own()
    {
        await using var sandbox = Open();
        var environment = ValueMap.Empty.With("FIRST", "instance").With("SECOND", "instance");
        var id = await sandbox.StartAsync(sandbox.Specification("echo \"$FIRST\"; exec sleep 1000") with { Environment = environment });

        var output = await sandbox.ExecuteAsync(id, new ContainerCommand
        {
            Command = EngineSandbox.Shell("echo \"$FIRST $SECOND $THIRD\""),
            Environment = ValueMap.Empty.With("SECOND", "two words").With("THIRD", "command"),
        });

        Assert.Equal(["instance two words command"], EngineSandbox.Lines(output));
    }

    [Fact]
    public async Task A_command_runs_in_its_directory()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync();

        var output = await sandbox.ExecuteAsync(id, new ContainerCommand { Command = EngineSandbox.Shell("pwd"), WorkingDirectory = "/proc" });

        Assert.Equal(["/proc"], EngineSandbox.Lines(output));
    }

    [Fact]
    public async Task Input_is_read_to_its_end()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync();
        var input = string.Concat(Enumerable.Range(0, 40_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"line {i} ✓\n")));

        var output = await sandbox.ExecuteAsync(id, new ContainerCommand { Command = EngineSandbox.Shell("cat; echo end"), Input = input });

        Assert.Equal(input + "end", string.Join('\n', EngineSandbox.Lines(output)));
        Assert.Equal(0, output[^1].ExitCode);
    }

    [Fact]
    public async Task Without_input_there_is_nothing_to_read()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync();

        Assert.Equal(["end"], EngineSandbox.Lines(await sandbox.ExecuteAsync(id, "cat; echo end")));
    }

    [Fact]
    public async Task A_command_need_not_read_its_input()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync();

        var output = await sandbox.ExecuteAsync(id, new ContainerCommand { Command = EngineSandbox.Shell("exit 4"), Input = new string('x', 4_000_000) });

        Assert.Equal(4, output[^1].ExitCode);
    }

    [Fact]
    public async Task Much_output_arrives_whole_and_in_order()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync();

        var output = await sandbox.ExecuteAsync(id, "seq 1 300000");

        Assert.Equal(300_001, output.Count);
        Assert.Equal(Enumerable.Range(1, 300_000).Select(i => i.ToString(CultureInfo.InvariantCulture)), EngineSandbox.Lines(output));
    }

    [Fact]
    public async Task A_command_that_does_not_exist_ends_as_a_shell_would_say()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync();

        var output = await sandbox.ExecuteAsync(id, new ContainerCommand { Command = new CommandLine { Executable = "no-such-program" } });

        Assert.True(output[^1].ExitCode is 126 or 127, $"{output[^1].ExitCode}");
    }

    [Fact]
    public async Task A_command_needs_an_instance_that_runs()
    {
        await using var sandbox = Open();
        var id = await sandbox.Engine.CreateAsync(sandbox.Specification("true"), sandbox.Cancellation);

        var error = await Assert.ThrowsAnyAsync<OrchestratorException>(() => sandbox.ExecuteAsync(id, "true"));

        Assert.EndsWith(".not_running", error.Code, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_reaches_its_command_and_nothing_else()
    {
        await using var sandbox = Open();
        const string Secret = "s3cr3t-value-0815";
        var id = await sandbox.StartAsync();
        var command = new ContainerCommand
        {
            Command = EngineSandbox.Shell("echo ${#KEY}; exec sleep 1000"),
            Secrets = new Dictionary<string, SecretValue> { ["KEY"] = new(Secret) },
        };

        await using var running = sandbox.Engine.ExecuteAsync(id, command, sandbox.Cancellation).GetAsyncEnumerator(sandbox.Cancellation);
        Assert.True(await running.MoveNextAsync());
        var others = await sandbox.ExecuteAsync(id, "echo other ${#KEY}");
        string[] seen =
        [
            JsonSerializer.Serialize(await sandbox.InspectAsync(id)),
            JsonSerializer.Serialize(await sandbox.Engine.ListAsync(sandbox.Labels, sandbox.Cancellation)),
            string.Join('\n', await sandbox.LogsAsync(id)),
        ];

        Assert.Equal($"{Secret.Length}", running.Current.Text);
        Assert.Equal(["other 0"], EngineSandbox.Lines(others));
        Assert.All(seen, text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cancelling_kills_a_command_and_what_it_started()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(sandbox.Cancellation);
        var pids = "";

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            const string Script = "trap '' TERM; sleep 1000 & echo $$ $!; wait";
            await foreach (var line in sandbox.Engine.ExecuteAsync(id, new ContainerCommand { Command = EngineSandbox.Shell(Script) }, cancel.Token))
            {
                pids = line.Text;
                await cancel.CancelAsync();
            }
        });

        await AssertEndAsync(sandbox, id, pids);
    }

    [Fact]
    public async Task A_command_whose_reader_leaves_is_killed()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync();
        var pids = "";

        const string Script = "sleep 1000 & echo $$ $!; wait";
        await foreach (var line in sandbox.Engine.ExecuteAsync(id, new ContainerCommand { Command = EngineSandbox.Shell(Script) }, sandbox.Cancellation))
        {
            pids = line.Text;
            break;
        }

        await AssertEndAsync(sandbox, id, pids);
    }

    [Fact]
    public async Task Commands_of_one_instance_do_not_disturb_each_other()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync();

        var outputs = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => sandbox.ExecuteAsync(id, $"seq {i + 1}000 {i + 1}999; exit {i}")));

        Assert.All(outputs.Index(), one => Assert.Equal((1001, one.Index, $"{one.Index + 1}000"), (one.Item.Count, one.Item[^1].ExitCode!.Value, one.Item[0].Text)));
    }

    protected abstract EngineSandbox Open();

    /// <summary>The instance lives on, the processes do not. A loop that only a kill ends would hang until the sandbox's deadline.</summary>
    private static async Task AssertEndAsync(EngineSandbox sandbox, string id, string pids)
    {
        Assert.Equal(2, pids.Split(' ').Length);
        var output = await sandbox.ExecuteAsync(id, $"for pid in {pids}; do while kill -0 $pid 2> /dev/null; do sleep 0.05; done; done; echo gone");
        Assert.Equal(["gone"], EngineSandbox.Lines(output));
        Assert.Equal(ContainerState.Running, (await sandbox.InspectAsync(id)).State);
    }
}
