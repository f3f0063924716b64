using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Containers;

namespace Orchestrator.Cli.Tests.Commands.Containers;

/// <summary>The commands against a host that runs a pool of processes, through the one database.</summary>
public sealed class RunningHostTests : IDisposable
{
    private readonly CommandRunner _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task A_running_host_does_what_the_commands_ask()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The program of the instances is a script of /bin/sh.");
        using var host = Build();
        await host.StartAsync(CommandRunner.Cancel);
        var told = (SignallingState)host.Services.GetRequiredService<IContainerPoolState>();
        Assert.StartsWith("Sqlite", told.Inner.GetType().Name, StringComparison.Ordinal);
        Assert.StartsWith("Sqlite", host.Services.GetRequiredService<IContainerHistory>().GetType().Name, StringComparison.Ordinal);

        var first = (await UntilServingAsync(told, 1))[0];
        await _run.JsonAsync(0, "containers", "scale", "agents", "2");
        await UntilServingAsync(told, 2);
        await _run.JsonAsync(0, "containers", "restart", first);
        var refused = await _run.JsonAsync(1, "containers", "scale", "agents", "50");
        Assert.Contains("refused", refused[0].GetProperty("error").GetString(), StringComparison.Ordinal);
        await _run.JsonAsync(0, "containers", "drain", first);
        Assert.DoesNotContain(first, await UntilServingAsync(told, 2, without: first));
        await _run.JsonAsync(0, "containers", "scale", "agents", "1");
        await UntilServingAsync(told, 1);
        Assert.Contains(await host.Services.GetRequiredService<IContainerHistory>().ListTransitionsAsync("agents", null, 100, CommandRunner.Cancel), entry => entry.To == InstanceState.Ready);

        await host.StopAsync(CommandRunner.Cancel);
        Assert.Empty(await _run.JsonAsync(0, "containers", "list"));
    }

    private IHost Build()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddProcessEngine(options => (options.StateDirectory, options.PollInterval) = (_run.Path("instances"), TimeSpan.FromMilliseconds(50)));
        builder.Services.AddOrchestratorStorage().UseSqlite(Path.Combine(_run.Path("state"), "orchestrator.db"));
        builder.Services
            .AddContainerBalancer(static options => (options.Owner, options.StopWithHost, options.ReconcileInterval) = ("test", true, TimeSpan.FromMilliseconds(100)))
            .AddPool("agents", static pool =>
            {
                (pool.Image, pool.MinInstances, pool.MaxInstances, pool.SlowStart) = ("none", 1, 4, TimeSpan.Zero);
                pool.Command = ["/bin/sh", "-c", "echo ready; exec sleep 1000"];
            });
        var state = builder.Services.Last(static service => service.ServiceType == typeof(IContainerPoolState)).ImplementationFactory!;
        builder.Services.AddSingleton<IContainerPoolState>(provider => new SignallingState((IContainerPoolState)state(provider)));
        return builder.Build();
    }

    /// <summary>Waits until the command shows so many instances, all of them serving; their names.</summary>
    private async Task<IReadOnlyList<string>> UntilServingAsync(SignallingState told, int count, string? without = null)
    {
        while (true)
        {
            var next = told.Next;
            if (await _run.JsonAsync(0, "containers", "list") is [var line])
            {
                var instances = line.GetProperty("pool").GetProperty("status").GetProperty("instances").EnumerateArray().ToList();
                var names = instances.Select(static instance => instance.GetProperty("name").GetString()!).ToList();
                if (instances.Count == count && instances.TrueForAll(static instance => instance.GetProperty("state").GetString() == "ready") && !names.Contains(without ?? ""))
                {
                    return names;
                }
            }

            await next.WaitAsync(CommandRunner.Cancel);
        }
    }
}
