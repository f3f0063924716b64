using System.CommandLine;
using Orchestrator.Cli.Commands;
using Orchestrator.Tasks;

namespace Orchestrator.Cli.Tests.Commands;

public sealed class TaskOptionsTests
{
    [Fact]
    public void Every_option_reaches_the_task()
    {
        var task = Read(
            "--repo", "/src", "--task", "Do it.", "--type", "optimize", "--provider", "codex", "--model", "gpt-5", "--priority", "-7", "--cost-profile", "fast",
            "--requires", "shell", "edit", "--max-cost", "1.25", "--verify", "dotnet test --filter \"Name = A\"", "--output", "branch", "--allow-dirty");

        Assert.Equal(AgentTaskType.Optimize, task.Type);
        Assert.Equal(new LocalSource { Path = "/src" }, task.Source);
        Assert.Equal(("Do it.", "codex", "gpt-5", -7), (task.Instructions, task.Provider, task.PreferredModel, task.Priority));
        Assert.Equal((CostProfile.Fast, 1.25m, TaskOutput.Branch, true), (task.CostProfile, task.MaxCostUsd, task.Output, task.AllowDirty));
        Assert.Equal(["shell", "edit"], task.Requires);
        Assert.Equal(new CommandLine { Executable = "dotnet", Arguments = ["test", "--filter", "Name = A"] }, task.VerifyCommand);
    }

    [Fact]
    public void What_routing_alone_knows_reaches_the_task_too()
    {
        var task = Read(
            "--task", "x", "--id", "task-7", "--profile", "economy", "--complexity", "complex", "--session", "shop", "--label", "tenant=acme", "--label", "area=a=b",
            "--prefer-tag", "fast", "--prefer-tag", "eu", "--data-residency", "eu", "--data-residency", "ch");

        Assert.Equal(("task-7", CostProfile.Economy, TaskComplexity.Complex, "shop"), (task.Id, task.CostProfile, task.Complexity, task.SessionKey));
        Assert.Equal(new ValueMap([new("tenant", "acme"), new("area", "a=b")]), task.Labels);
        Assert.Equal(["fast", "eu"], task.PreferredTags);
        Assert.Equal(["eu", "ch"], task.DataResidency);
    }

    [Fact]
    public void Prose_goes_only_to_providers_that_read_it_unless_one_is_named()
    {
        Assert.Equal(["instructions"], Read("--task", "Do it.").Requires);
        Assert.Empty(Read("--task", "Do it.", "--provider", "dotnet-format").Requires);
    }

    [Theory]
    [InlineData("--task", " ")]
    [InlineData("--task", "x", "--priority", "101")]
    [InlineData("--task", "x", "--provider", "no/name")]
    [InlineData("--task", "x", "--max-cost", "-1")]
    [InlineData("--task", "x", "--label", "tenant")]
    [InlineData("--task", "x", "--id", "../x")]
    public void A_value_that_is_not_allowed_is_an_argument_error(params string[] arguments) => Assert.ThrowsAny<ArgumentException>(() => Read(arguments));

    [Fact]
    public void A_verify_command_with_an_open_quote_is_a_format_error() => Assert.Throws<FormatException>(() => Read("--task", "x", "--verify", "sh -c 'oops"));

    [Theory]
    [InlineData("--type", "magic")]
    [InlineData("--output", "email")]
    [InlineData("--cost-profile", "free")]
    [InlineData("--complexity", "hopeless")]
    public void A_word_that_is_not_known_is_refused_by_the_command_line(string option, string value) => Assert.NotEmpty(Parse("--task", "x", option, value).Errors);

    private static AgentTask Read(params string[] arguments) => Options(out var command).Read(command.Parse(arguments), DateTimeOffset.UnixEpoch);

    private static ParseResult Parse(params string[] arguments)
    {
        Options(out var command);
        return command.Parse(arguments);
    }

    private static TaskOptions Options(out Command command)
    {
        var options = new TaskOptions();
        command = new Command("run");
        options.AddTo(command);
        return options;
    }
}
