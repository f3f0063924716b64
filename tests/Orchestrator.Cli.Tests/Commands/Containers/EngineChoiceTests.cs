using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Commands.Containers;
using Orchestrator.Containers;
using Orchestrator.Testing;

namespace Orchestrator.Cli.Tests.Commands.Containers;

public sealed class EngineChoiceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_configured_engine_is_asked_first_and_the_log_comes_from_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The program of the instance is a script of /bin/sh.");
        var services = new ServiceCollection();
        services.AddProcessEngine(options => options.StateDirectory = _directory.Combine("instances"));
        await using var provider = services.BuildServiceProvider();
        var configured = provider.GetRequiredService<IContainerEngine>();
        var id = await configured.CreateAsync(new ContainerSpecification { Name = "agents-1", Image = "none", Command = new CommandLine { Executable = "/bin/sh", Arguments = ["-c", "echo one; echo two"] } }, Cancel);
        await configured.StartAsync(id, Cancel);

        await using var choice = new EngineChoice(provider);
        var engine = await choice.FindAsync(id, Cancel);

        Assert.Same(configured, engine);
        var lines = new List<string>();
        await foreach (var line in engine!.ReadLogsAsync(id, 10, follow: true, Cancel))
        {
            lines.Add(line.Text);
        }

        Assert.Equal(["one", "two"], lines.Where(line => line.Length > 0));
        await configured.RemoveAsync(id, Cancel);
    }

    [Fact]
    public async Task Engines_that_do_not_have_it_are_told_with_what_they_said()
    {
        await using var provider = new ServiceCollection().BuildServiceProvider();
        await using var choice = new EngineChoice(provider);

        Assert.Null(await choice.FindAsync("no-such-instance", Cancel));
        Assert.Equal(["docker", "process"], choice.Answers.Select(answer => answer.Split(':')[0]));
    }
}
