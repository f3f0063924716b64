using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Containers.Tests.Scripted;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Tests.DependencyInjection;

public sealed class ReadmeTests
{
    [Fact]
    public void The_readme_shows_code_that_compiles() =>
        Assert.Empty(ReadmeSnippets.Stale(RepositoryRoot.Combine("src", "Orchestrator.Containers", "README.md"), RepositoryRoot.Combine("tests", "Orchestrator.Containers.Tests")));

    [Fact]
    public async Task The_smallest_program_runs()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var engine = new ScriptedEngine(TimeProvider.System);
        builder.Services.AddSingleton<IContainerEngine>(engine); // Not the engine of this machine, whose instances are somebody's.

        await RunAsync(builder, TestContext.Current.CancellationToken);

        Assert.Equal(ContainerState.Running, Assert.Single(engine.Instances).State);
    }

    private static async Task RunAsync(HostApplicationBuilder builder, CancellationToken cancellationToken)
    {
        #region snippet: containers-smallest
        builder.Services.AddContainerBalancer().AddPool("agents", pool =>
        {
            pool.Image = "factory-base:1";
            pool.Command = ["sleep", "infinity"];
        });
        using var host = builder.Build();
        await host.StartAsync(cancellationToken);

        var balancer = host.Services.GetRequiredService<IContainerBalancer>();
        var acquisition = await balancer.AcquireAsync(new ContainerRequest { Pool = "agents" }, cancellationToken);
        await using var lease = acquisition.Lease!;
        Console.WriteLine($"{lease.Instance} is yours.");
        #endregion

        await host.StopAsync(cancellationToken);
    }
}
