using Orchestrator.Containers;
using Orchestrator.Providers.Containers;

namespace Orchestrator.Providers.Chat;

/// <summary>The commands of chat agents in containers: against an engine that does what the test says. The real engine is in the end-to-end tests.</summary>
public sealed class ChatContainersTests
{
    private static readonly string[] OneLife = ["restarted " + ScriptedContainers.Instance, "stopped within 00:00:00", "released"];

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

    [Fact]
    public async Task The_process_engine_is_refused_before_the_model_is_asked()
    {
        _containers.Name = "process";
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
        Assert.Equal("released as failed", _containers.Journal.Last());
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
    public async Task A_program_that_the_image_has_not_is_told_to_the_model()
    {
        _containers.Command = static (_, _) => ScriptedContainers.Lines(127);
        await using var rig = Rig();

        Assert.Contains("image", await rig.TellAsync("run", ("command", "make test")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_containers_cost_is_added_to_a_cost_that_is_known_and_counts_for_the_budget()
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
