using System.Runtime.CompilerServices;
using Orchestrator.Providers;
using Orchestrator.Tasks;

namespace Orchestrator.Abstractions.Tests.Readme;

#region snippet: smallest-provider
public sealed class Greeter : IAgentProvider
{
    public ProviderDescriptor Descriptor { get; } = new() { Name = "greeter", Kind = ProviderKind.Command };

    public async IAsyncEnumerable<AgentEvent> ExecuteAsync(AgentExecution execution, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(Path.Combine(execution.Workspace!.Directory, "hello.txt"), "hello\n", cancellationToken);
        yield return new AgentCompleted { Result = new AgentResult { Summary = "Wrote hello.txt." } };
    }

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ProviderHealth { Status = HealthStatus.Healthy, Message = "Always." });
}
#endregion

public sealed class SmallestProviderTests
{
    [Fact]
    public async Task The_provider_of_the_readme_changes_its_workspace_and_completes()
    {
        using var directory = new Orchestrator.Testing.TemporaryDirectory();
        var execution = new AgentExecution
        {
            Id = "e1",
            Task = new AgentTask { Id = "t1", Type = AgentTaskType.Generate, Instructions = "Greet.", Source = new LocalSource { Path = directory.Path } },
            Workspace = new AgentWorkspace { Directory = directory.Path, BaseCommit = "0", HomeDirectory = directory.Path, TemporaryDirectory = directory.Path },
        };

        var events = await new Greeter().ExecuteAsync(execution, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        Assert.IsType<AgentCompleted>(Assert.Single(events));
        Assert.Equal("hello\n", await File.ReadAllTextAsync(Path.Combine(directory.Path, "hello.txt"), TestContext.Current.CancellationToken));
    }
}
