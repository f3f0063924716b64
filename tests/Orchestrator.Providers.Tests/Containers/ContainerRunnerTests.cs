using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Containers;
using Orchestrator.Providers.Processes;
using Orchestrator.Secrets;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Containers;

public sealed class ContainerRunnerTests
{
    [Fact]
    public async Task An_instance_that_goes_before_its_program_begins_is_lost_and_not_the_programs_fault()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root gives files to somebody else.");
        using var folder = new TemporaryDirectory();
        var workspace = new AgentWorkspace { Directory = folder.Combine("a"), HomeDirectory = folder.Combine("b"), TemporaryDirectory = folder.Combine("c"), BaseCommit = new string('1', 40) };
        var containers = new ScriptedContainers();
        var services = new ContainerServices(containers, containers, new AgentContainerOptions(), new SecretRedactor(), TimeProvider.System, NullLogger.Instance);
        var runner = new ContainerRunner(services, new ContainerLease("agents", ScriptedContainers.Instance, "id-1", 1, containers), new ContainerShare(folder.Combine("gone"), workspace));
        var request = new ProcessRequest { Command = CommandLine.Parse("x"), WorkingDirectory = "/", Environment = new Dictionary<string, string>(), ExecutionId = "e" };

        var output = Assert.Single(await runner.RunAsync(request, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));

        Assert.Equal(ProcessEnd.Lost, output.Exit!.End);
        Assert.True(runner.IsLost);
        Assert.Empty(containers.Commands);
    }
}
