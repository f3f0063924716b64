using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers.Command;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli;

/// <summary>What we stop keeps what it told.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class AgentProcessPipelineTests : IDisposable
{
    private static readonly AgentTimeLimits Short = new() { Idle = TimeSpan.FromMilliseconds(300), Grace = TimeSpan.Zero };

    private readonly GitRepository _repository = GitRepository.Init();
    private readonly TemporaryDirectory _folder = new();

    public AgentProcessPipelineTests() => _repository.Commit("base");

    public void Dispose()
    {
        _repository.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_cost_that_opencode_told_before_it_was_stopped_is_known_with_the_price_of_a_task()
    {
        var program = Program("""echo '{"type":"step_finish","sessionID":"s","part":{"reason":"tool-calls","tokens":{"total":10,"input":5,"output":5},"cost":0.5}}'""");
        await using var host = new ProviderHost(
            providers => providers.AddOpenCode(options => (options.Executable, options.PricePerTaskUsd) = (program, 0.25m)),
            new Dictionary<string, string> { ["OPENCODE_API_KEY"] = "marked-opencode-key" });

        var failure = await FailureAsync(host, "opencode");

        Assert.Equal((FailureClass.IdleTimeout, 5L, 0.75m), (failure.Class, failure.Usage.InputTokens, failure.CostUsd));
    }

    [Fact]
    public async Task The_cost_that_a_command_told_before_it_was_stopped_is_known_with_the_price_of_a_task()
    {
        var program = Program("""echo '{"usd":0.5,"in":5}'""");
        await using var host = new ProviderHost(providers => providers.AddCommand("mine", options =>
        {
            (options.Executable, options.PricePerTaskUsd, options.Output) = (program, 0.25m, CommandOutputFormat.JsonLines);
            options.Mapping = new CommandOutputMapping { CostUsd = "/usd", InputTokens = "/in" };
        }));

        var failure = await FailureAsync(host, "command");

        Assert.Equal((FailureClass.IdleTimeout, 5L, 0.75m), (failure.Class, failure.Usage.InputTokens, failure.CostUsd));
    }

    private async Task<AgentFailure> FailureAsync(ProviderHost host, string name)
    {
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, $"pipeline-{name}-{Environment.ProcessId}", cancellationToken: TestContext.Current.CancellationToken);
        return Assert.IsType<AgentFailed>((await host.ExecuteAsync(workspace, limits: Short))[^1]).Failure;
    }

    private string Program(string line)
    {
        var program = _folder.Combine("program");
        File.WriteAllText(program, $"#!/bin/sh\n{line}\nsleep 60\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        return program;
    }
}
