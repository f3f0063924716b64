using System.Text.Json.Nodes;
using Orchestrator.EndToEnd.Kit;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd.Crashes;

/// <summary>What a killed orchestrator leaves in a Docker Engine does no harm, and the next one of the same state takes the task up again.</summary>
[Trait("Engine", "Docker")]
public sealed class ContainerKillTests : IAsyncLifetime
{
    private const int TimeLimit = 180_000;

    private ContainerRig? _rig;

    private ContainerRig Rig => _rig!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Engines.Require("codex");
        _rig = await ContainerRig.StartAsync("codex", ContainerRig.OrdinaryUser);
        Rig.Cli.Environment["CODEX_API_KEY"] = "sk-of-a-killed-run-0123456789abcdef";
    }

    [Fact(Timeout = TimeLimit)]
    public async Task A_run_that_is_killed_while_its_agent_works_in_a_container_is_finished_by_the_next_worker_in_another_one()
    {
        await using (var program = Rig.Start(Configure("hang"), "--verify", "grep -q \"CHANGED BY AGENT\" hello.txt", "--provider", "codex"))
        {
            await Rig.UntilAskedAsync("\"hang\"", program);
            await program.KillAsync(Token);
        }

        var left = Assert.Single(await Rig.Docker.ContainersAsync(Rig.Pool));
        Assert.Contains("codex", await Rig.Docker.DescribeAsync(left), StringComparison.Ordinal); // Its agent goes on.
        var drained = await Rig.Cli.RunAsync("work", "--drain", "--config", Configure("edit"));

        Assert.True(drained.ExitCode == 0, drained.ToString());
        Assert.Equal("line one\nline two CHANGED BY AGENT\nline three\n", Rig.Repository.Read("hello.txt"));
        await Rig.AssertNothingLeftAsync();
        var audit = await Rig.Cli.RunAsync("audit", "verify");
        Assert.True(audit.ExitCode == 0, audit.ToString());
    }

    public ValueTask DisposeAsync() => _rig?.DisposeAsync() ?? ValueTask.CompletedTask;

    private string Configure(string scenario) =>
        Rig.ConfigureForWork(("codex", new JsonObject { ["executable"] = "codex", ["model"] = "gpt-5", ["baseUrl"] = Rig.Models.BaseUrl(scenario) }));
}
