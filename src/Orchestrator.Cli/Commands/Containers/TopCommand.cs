using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Containers;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary><c>orchestrator containers top</c>: the pools as they change, and what their instances use.</summary>
internal static class TopCommand
{
    public static Command Create(GlobalOptions global)
    {
        var once = new Option<bool>("--once") { Description = "Show it once and end. Takes half a second, for the processors." };
        var interval = Duration.Option("--interval", "How often to look.", TimeSpan.FromSeconds(1));
        var command = new Command(
            "top", "Show the pools and their instances as a table that follows what happens, until interrupted. Processor (percent of one core), memory and processes are those of instances on this machine.") { once, interval };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            var wait = parsed.GetValue(interval)!.Value;
            ArgumentOutOfRangeException.ThrowIfLessThan(wait, TimeSpan.FromMilliseconds(100), nameof(interval));
            await using var host = await CliHost.OpenAsync(context, DatabaseDemand.None, cancellationToken);
            await using var engines = new EngineChoice(host.Services);
            await using var usages = new InstanceUsages(engines.Engines, context.Time);
            var top = new PoolTop(host.Services.GetRequiredService<IContainerPoolState>(), usages, context);
            try
            {
                await context.Output.LiveAsync(show => parsed.GetValue(once) ? top.ShowAsync(show, cancellationToken) : top.FollowAsync(show, wait, cancellationToken));
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Whoever looked has seen enough.
            }

            return ExitCodes.Success;
        }));
        return command;
    }
}
