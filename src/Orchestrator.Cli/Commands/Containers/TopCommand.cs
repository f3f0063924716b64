using System.CommandLine;
using Orchestrator.Cli.Output;
using Orchestrator.Containers;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary><c>orchestrator containers top</c>: the pools as they change.</summary>
internal static class TopCommand
{
    public static Command Create(GlobalOptions global)
    {
        var once = new Option<bool>("--once") { Description = "Show it once and end." };
        var interval = Duration.Option("--interval", "How often to look.", TimeSpan.FromSeconds(1));
        return HostedCommand.Create<IContainerPoolState>(
            global, "top", "Show the pools and their instances as a table that follows what happens, until interrupted.", [once, interval], async (state, parsed, context, cancellationToken) =>
            {
                var wait = parsed.GetValue(interval)!.Value;
                ArgumentOutOfRangeException.ThrowIfLessThan(wait, TimeSpan.FromMilliseconds(100), nameof(interval));
                await context.Output.LiveAsync(async show =>
                {
                    try
                    {
                        while (true)
                        {
                            show(await LookAsync(state, context, cancellationToken));
                            if (parsed.GetValue(once))
                            {
                                return;
                            }

                            await Task.Delay(wait, context.Time, cancellationToken);
                        }
                    }
                    catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                    {
                        // Whoever looked has seen enough.
                    }
                });
                return ExitCodes.Success;
            });
    }

    private static async Task<CliLine> LookAsync(IContainerPoolState state, CliContext context, CancellationToken cancellationToken) =>
        new() { Type = "pools", Pools = [.. (await ToldPools.ReadAsync(state, context.Time, cancellationToken)).All], At = context.Time.GetUtcNow() };
}
