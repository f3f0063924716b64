using Orchestrator.Containers;
using Orchestrator.Providers.Containers;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Chat;

/// <summary>The commands of chat agents in containers: against an engine that does what the test says. The real engine is in the end-to-end tests.</summary>
public sealed class ChatContainersTests
{
    private static readonly string[] OneLife = ["restarted " + ScriptedContainers.Instance, "released", "stopped within 00:00:00"];

    private readonly ScriptedContainers _containers = new();

    [Fact]
    public async Task Each_command_has_a_container_of_its_own_and_the_workspace_is_back_after_it()
    {
        await using var rig = Rig(secrets: new() { ["CHAT_KEY"] = ChatRig.Secret });
        _containers.Command = (command, _) =>
        {
            File.AppendAllText(Path.Combine(command.WorkingDirectory!, "made.txt"), "by a command\n");
            return ScriptedContainers.Lines(0, "done");
        };
        rig.Client.Call("run", ("command", "make test")).Call("view", ("path", "made.txt")).Call("run", ("command", "make test"));

        Assert.IsType<AgentCompleted>((await rig.RunAsync())[^1]);

        Assert.Equal([.. OneLife, .. OneLife], _containers.Journal);
        Assert.Equal("by a command\nby a command\n", rig.Read("made.txt"));
        var command = _containers.Commands.First();
        Assert.Equal((Path.Combine(rig.Share, "tree"), Path.Combine(rig.Share, "home")), (command.WorkingDirectory, command.Environment["HOME"]));
        Assert.False(command.Environment.ContainsKey("PATH")); // The image's own.
        Assert.Empty(command.Secrets);
        Assert.DoesNotContain(command.Environment, variable => variable.Value.Contains(ChatRig.Secret, StringComparison.Ordinal));
        Assert.Equal("The command ended with exit code 0.\ndone", rig.Client.LastResults[^1]);
    }

    [Theory]
    [InlineData(AcquisitionStatus.UnknownPool, FailureClass.Configuration)]
    [InlineData(AcquisitionStatus.TimedOut, FailureClass.Unavailable)]
    public async Task Without_a_container_the_execution_ends(AcquisitionStatus status, FailureClass expected)
    {
        _containers.Acquisition = new ContainerAcquisition(status, Message: "why");
        await using var rig = Rig();
        rig.Client.Call("run", ("command", "make test"));

        var failure = await rig.FailAsync();

        Assert.Equal(expected, failure.Class);
        Assert.Contains("why", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_containers.Commands);
    }

    [Theory]
    [InlineData("process", true)]
    [InlineData("docker", false)]
    public async Task Where_there_can_be_no_container_it_is_refused_before_the_model_is_asked(string engine, bool hasPool)
    {
        (_containers.Name, _containers.HasPool) = (engine, hasPool);
        await using var rig = Rig();

        Assert.Equal(FailureClass.Configuration, (await rig.FailAsync()).Class);
        Assert.Empty(rig.Client.Requests);
        Assert.Equal(HealthStatus.Unhealthy, (await rig.Provider.CheckHealthAsync(TestContext.Current.CancellationToken)).Status);
    }

    [Fact]
    public async Task A_lost_container_is_told_to_the_model()
    {
        _containers.State = ContainerState.Exited;
        _containers.Command = static (_, _) => ScriptedContainers.Lines(137, "working");
        await using var rig = Rig();

        Assert.Equal("The command's container was lost, and how it ended is not known.\nworking", await rig.TellAsync("run", ("command", "make test")));
        Assert.Contains("released as failed", _containers.Journal);
    }

    [Fact]
    public async Task A_container_that_is_lost_with_the_workspace_ends_the_execution()
    {
        await using var rig = Rig();
        _containers.Command = (_, _) =>
        {
            Directory.Delete(rig.Share, recursive: true);
            return ScriptedContainers.Lines(0);
        };
        rig.Client.Call("run", ("command", "make test"));

        Assert.Equal(FailureClass.Crashed, (await rig.FailAsync()).Class);
    }

    [Fact]
    public async Task A_link_that_a_command_put_in_place_of_the_tree_is_not_followed_by_the_other_tools()
    {
        using var outside = new TemporaryDirectory();
        File.WriteAllText(outside.Combine("private.txt"), "nobody's business");
        await using var rig = Rig();
        _containers.Command = (command, _) =>
        {
            Directory.Move(command.WorkingDirectory!, command.WorkingDirectory + "-moved");
            File.CreateSymbolicLink(command.WorkingDirectory!, outside.Path);
            return ScriptedContainers.Lines(0);
        };
        rig.Client.Call("run", ("command", "make test")).Call("view", ("path", "private.txt")).Call("create", ("path", "made.txt"), ("file_text", "x"));

        Assert.Equal(FailureClass.Crashed, (await rig.FailAsync()).Class);

        Assert.Single(rig.Client.Requests);
        Assert.Single(Directory.EnumerateFileSystemEntries(outside.Path));
    }

    [Fact]
    public async Task Paths_mean_the_same_to_commands_and_to_the_other_tools()
    {
        await using var rig = Rig();
        _containers.Command = (command, _) => ScriptedContainers.Lines(1, command.Command.Arguments[^1], $"{command.WorkingDirectory}/a.c:3: in {command.Environment["HOME"]}");

        var told = await rig.TellAsync("run", ("command", $"make {rig.Workspace.Directory}/a.c"));

        Assert.Equal(Path.Combine(rig.Share, "tree", "a.c"), _containers.Commands.First().Command.Arguments[^1]);
        Assert.Equal($"The command ended with exit code 1.\n{rig.Workspace.Directory}/a.c\n{rig.Workspace.Directory}/a.c:3: in {rig.Workspace.HomeDirectory}", told);
    }

    [Fact]
    public async Task A_program_that_the_image_has_not_is_told_to_the_model()
    {
        _containers.Command = static (_, _) => ScriptedContainers.Lines(127);
        await using var rig = Rig();

        Assert.Contains("image", await rig.TellAsync("run", ("command", "make test")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 0.001)] // A flat price only.
    [InlineData(0, 0)] // Not all of it is known, but enough.
    public async Task What_the_containers_cost_counts_for_the_budget(int tokenUsd, double flatUsd)
    {
        _containers.FinalCostUsd = 0.25m;
        await using var rig = Rig(options =>
        {
            options.PricePerTaskUsd = (decimal)flatUsd;
            options.Models = tokenUsd == 0 ? [] : [new ModelDescriptor { Name = "m", Prices = new TokenPrices { InputUsd = tokenUsd } }];
        });
        rig.Client.Call("run", ("command", "make test"));

        Assert.Equal(FailureClass.Budget, (await rig.FailAsync(execution => execution with { Model = "m", BudgetUsd = 0.2m })).Class);
    }

    [Fact]
    public async Task What_the_containers_cost_is_added_to_a_cost_that_is_known()
    {
        _containers.FinalCostUsd = 0.25m;
        await using var priced = Rig(options => options.Models = [new ModelDescriptor { Name = "m", Prices = new TokenPrices { InputUsd = 1, OutputUsd = 1 } }]);
        priced.Client.Call("run", ("command", "make test"));
        await using var unpriced = Rig();
        unpriced.Client.Call("run", ("command", "make test"));

        var known = Assert.IsType<AgentCompleted>((await priced.RunAsync("do it", execution => execution with { Model = "m" }))[^1]).Result.CostUsd;
        var unknown = Assert.IsType<AgentCompleted>((await unpriced.RunAsync())[^1]).Result.CostUsd;

        Assert.InRange(known!.Value, 0.25m, 0.26m);
        Assert.Null(unknown);
    }

    private ChatRig Rig(Action<ChatAgentOptions>? configure = null, Dictionary<string, string>? secrets = null) => new(
        options =>
        {
            (options.AllowedCommands, options.SecretNames) = (["make *"], secrets is null ? [] : [.. secrets.Keys]);
            configure?.Invoke(options);
        },
        secrets: secrets,
        containers: _containers);
}
